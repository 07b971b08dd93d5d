package io.ramet.spring;

import static io.ramet.spring.Fixtures.PATIENCE;
import static io.ramet.spring.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.ramet.error.NotSent;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Books;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import redis.embedded.RedisServer;

class RametAutoConfigurationTest {

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RametAutoConfiguration.class,
                    RametRedisAutoConfiguration.class,
                    RametHealthAutoConfiguration.class,
                    RametMetricsAutoConfiguration.class,
                    RametObservationAutoConfiguration.class));
    private final ApplicationContextRunner application = bare.withPropertyValues("ramet.region=ap-guangzhou");
    private final ApplicationContextRunner simulated = bare.withUserConfiguration(Simulated.class);

    @Test
    void aFewPropertiesMakeAClientThatClones(@TempDir Path folder) {
        try (Simulator simulator = Simulator.start()) {
            application
                    .withPropertyValues(
                            "ramet.endpoint=" + simulator.uri(),
                            "ramet.credentials.secret-id=" + simulator.secretId(),
                            "ramet.credentials.secret-key=" + simulator.secretKey(),
                            "ramet.journal.file=" + folder.resolve("journal.db"))
                    .run(context -> {
                        CloneClient client = context.getBean(CloneClient.class);
                        assertThat(client.cloneReport(plan("order-1", 60))
                                        .block(PATIENCE)
                                        .complete())
                                .isTrue();
                        assertThat(context.getBean(CredentialsProperties.class).toString())
                                .contains(simulator.secretId())
                                .doesNotContain(simulator.secretKey());
                    });
            assertThat(simulator.books().bought()).isEqualTo(60);
            assertThat(folder.resolve("journal.db")).isNotEmptyFile();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyShapeKeepsTheLimit(RametProperties.Shape shape) {
        simulated
                .withPropertyValues("ramet.shape=" + shape.name().toLowerCase(Locale.ROOT))
                .run(context -> {
                    assertThat(context.getBean(CloneClient.class)
                                    .cloneReport(plan("order-1", 630))
                                    .block(PATIENCE)
                                    .complete())
                            .isTrue();
                    Books books = context.getBean(Simulator.class).books();
                    assertThat(books.peak("CloneInstances", Duration.ofSeconds(1)))
                            .isLessThanOrEqualTo(20);
                    RequestShaper shaper = context.getBean(RequestShaper.class);
                    List<Long> granted = Flux.range(0, 5)
                            .flatMap(call -> shaper.shape(Mono.fromSupplier(System::nanoTime)))
                            .sort()
                            .collectList()
                            .block(PATIENCE);
                    if (shape == RametProperties.Shape.PACED) {
                        assertThat(Duration.ofNanos(granted.get(4) - granted.get(0)))
                                .as("four gaps of 52.5 ms")
                                .isGreaterThan(Duration.ofMillis(4 * 45));
                    }
                });
    }

    @Test
    void theJournalFileIsReadableForItsOwnerOnly(@TempDir Path folder) {
        Path file = folder.resolve("journal.db");
        simulated.withPropertyValues("ramet.journal.file=" + file).run(context -> {
            assertThat(context.getBean(CloneClient.class)
                            .cloneReport(plan("order-1", 1))
                            .block(PATIENCE)
                            .complete())
                    .isTrue();
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files)
                        .isNotEmpty()
                        .allSatisfy(
                                made -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                                        .isEqualTo("rw-------"));
            }
        });
    }

    @Test
    void aJournalFileThatCannotBeCreatedIsReportedAtStart(@TempDir Path folder) {
        Path file = folder.resolve("j".repeat(300));
        simulated
                .withPropertyValues("ramet.journal.file=" + file)
                .run(context -> assertThat(context).getFailure().rootCause().isInstanceOf(IOException.class));
    }

    @Test
    void aDatabaseThatCannotHoldAJournalIsReportedAtStart(@TempDir Path folder) throws IOException {
        Path damaged = Files.writeString(folder.resolve("damaged.db"), "no database");
        for (ApplicationContextRunner unusable : List.of(
                simulated.withPropertyValues("ramet.journal.file=" + damaged),
                simulated.withBean(DataSource.class, () -> sqlite(damaged)),
                simulated.withBean(DataSource.class, RametAutoConfigurationTest::oldMariaDb))) {
            unusable.run(context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .satisfies(root -> assertThat(context.getStartupFailure())
                            .hasStackTraceContaining("cannot be used: the journal")));
            unusable.withPropertyValues("ramet.journal.check-at-start=false").run(context -> {
                assertThat(context).hasNotFailed();
                assertThatThrownBy(() -> context.getBean(CloneClient.class)
                                .cloneReport(plan("order-1", 1))
                                .block(PATIENCE))
                        .isInstanceOf(JournalException.class);
                assertThat(context.getBean(Simulator.class).books().bought()).isZero();
            });
        }
    }

    @Test
    void aVersionThatIsTooOldIsNamedWithWhatToDo() {
        simulated
                .withBean(DataSource.class, RametAutoConfigurationTest::oldMariaDb)
                .run(context -> {
                    FailureAnalysis analysis =
                            new InvalidSettingException.Analyzer().analyze(invalidSetting(context.getStartupFailure()));
                    assertThat(analysis.getDescription())
                            .contains(
                                    "ramet.journal.kind data-source",
                                    "MariaDB 10.6, or a newer one, not MariaDB 10.5.1");
                    assertThat(analysis.getAction()).contains("ramet.journal.check-at-start=false");
                });
    }

    @Test
    void aMissingDriverIsNamedWithWhatToDo(@TempDir Path folder) {
        simulated
                .withClassLoader(new FilteredClassLoader("org.sqlite"))
                .withPropertyValues("ramet.journal.file=" + folder.resolve("journal.db"))
                .run(context -> assertThat(new InvalidSettingException.Analyzer()
                                .analyze(invalidSetting(context.getStartupFailure()))
                                .getAction())
                        .contains("Add org.xerial:sqlite-jdbc"));
    }

    @Test
    void withRedisAndADatabaseReplicasShareTheLimitAndTheJournal(@TempDir Path folder) throws Exception {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + folder.resolve("shared.db"));
        RedisServer redis = RedisServer.newRedisServer()
                .port(freePort())
                .setting("requirepass Canary-Redis")
                .build();
        redis.start();
        ApplicationContextRunner replica = simulated
                .withBean(DataSource.class, () -> database)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues(
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + redis.ports().get(0),
                        "spring.data.redis.password=Canary-Redis",
                        "ramet.replicas=2");
        try {
            replica.run(first -> replica.run(second -> {
                awaitShared(first);
                awaitShared(second);
                assertThat(first.getBean(CloneClient.class)
                                .cloneReport(plan("order-1", 60))
                                .block(PATIENCE)
                                .complete())
                        .isTrue();
                assertThat(second.getBean(CloneClient.class)
                                .report(PlanId.of("order-1"))
                                .block(PATIENCE)
                                .cloned())
                        .as("the journal is shared")
                        .isEqualTo(60);
                SharedShaperStatus state = first.getBean(SharedShaper.class).state();
                // On a busy machine a permit may expire unused, or be one of the replica's own share.
                assertThat(state.sharedPermits() + state.ownPermits())
                        .as(state.toString())
                        .isGreaterThanOrEqualTo(2);
                assertThat(second.getBean(SharedShaper.class).state().replicas())
                        .isEqualTo(2);
                assertThat(first.getBean(HealthIndicator.class).health().getDetails())
                        .containsKey("limit");
                assertThat(first.getBean(MeterRegistry.class)
                                .get("ramet.permits")
                                .tag("source", "shared")
                                .functionCounter()
                                .count())
                        .isEqualTo(state.sharedPermits());
            }));
        } finally {
            redis.stop();
        }
    }

    /** The replica has read that both are registered, and grants permits of the bucket. */
    private static void awaitShared(ApplicationContext replica) {
        SharedShaper shaper = replica.getBean(SharedShaper.class);
        Flux.interval(Duration.ofMillis(20))
                .filter(look -> shaper.state().mode() == SharedShaperStatus.Mode.SHARED
                        && shaper.state().present() == 2)
                .blockFirst(PATIENCE);
    }

    @Test
    void withoutTheIntegrationOrWithAShaperOfItsOwnTheLimitIsNotInRedis() {
        ApplicationContextRunner redis = application.withPropertyValues("spring.data.redis.host=127.0.0.1");
        redis.withClassLoader(new FilteredClassLoader(RedisClient.class))
                .run(context ->
                        assertThat(context).hasSingleBean(RequestShaper.class).doesNotHaveBean(SharedShaper.class));
        redis.withBean(RequestShaper.class, () -> RequestShaper.paced(7))
                .run(context ->
                        assertThat(context).hasSingleBean(RequestShaper.class).doesNotHaveBean(SharedShaper.class));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ramet.region=                       | ramet.region (none): is required, such as ap-guangzhou
                    ramet.max-in-flight=1001            | ramet.max-in-flight 1001: must be 1 to 1000
                    ramet.call-timeout=0s               | ramet.call-timeout PT0S: must be more than zero
                    ramet.calls-per-second=0            | ramet.calls-per-second 0: must be 1 or more
                    ramet.endpoint=http://example.com   | ramet.endpoint http://example.com: must be https; http is for this machine only
                    ramet.credentials.secret-id=a       | ramet.credentials.secret-key (none): a key pair needs both halves
                    ramet.journal.kind=file             | ramet.journal.file (none): kind file needs one
                    ramet.journal.kind=data-source      | ramet.journal.kind data-source: there is no DataSource bean, or there are several and none is primary or qualified with @CloneJournalDataSource
                    ramet.journal.file=/nowhere/at/all  | ramet.journal.file /nowhere/at/all: must be in a folder that exists
                    """)
    void anInvalidSettingIsNamedByItsPropertyAtStart(String setting, String complaint) {
        application.withPropertyValues(setting).run(context -> {
            assertThat(context).getFailure().rootCause().satisfies(cause -> {
                InvalidSettingException invalid = cause instanceof InvalidSettingException
                        ? (InvalidSettingException) cause
                        : (InvalidSettingException)
                                context.getStartupFailure().getCause().getCause();
                assertThat(invalid).hasMessage(complaint);
                assertThat(new InvalidSettingException.Analyzer()
                                .analyze(invalid)
                                .getDescription())
                        .contains(complaint);
            });
        });
    }

    @Test
    void theApplicationsOwnBeansComeFirst() {
        CloneJournal journal = CloneJournal.inMemory();
        RequestShaper shaper = RequestShaper.paced(5);
        AtomicReference<String> asked = new AtomicReference<>();
        application
                .withBean(CloneJournal.class, () -> journal)
                .withBean(RequestShaper.class, () -> shaper)
                .withBean(CredentialsProvider.class, () -> () -> {
                    asked.set("own");
                    return CredentialsProvider.fixed(Credentials.of("id", "key"))
                            .credentials();
                })
                .withBean(
                        CloneClientCustomizer.class,
                        () -> builder -> builder.transport(settings -> {
                            throw new IllegalStateException("own transport");
                        }))
                .run(context -> {
                    assertThat(context).getFailure().rootCause().hasMessage("own transport");
                });
        application
                .withBean(CloneJournal.class, () -> journal)
                .withBean(RequestShaper.class, () -> shaper)
                .withBean(
                        CredentialsProvider.class, () -> CredentialsProvider.fixed(Credentials.of("own-id", "own-key")))
                .run(context -> {
                    assertThat(context.getBean(CloneJournal.class)).isSameAs(journal);
                    assertThat(context.getBean(RequestShaper.class)).isSameAs(shaper);
                    assertThat(context.getBean(RametConnectionDetails.class)
                                    .credentials()
                                    .credentials())
                            .isCompletedWithValueMatching(own -> own.secretId().equals("own-id"));
                });
        CloneClient client = CloneClient.builder().region("ap-guangzhou").build();
        bare.withBean(CloneClient.class, () -> client)
                .run(context -> assertThat(context).getBean(CloneClient.class).isSameAs(client));
    }

    @Test
    void clientsOfTheApplicationsOwnMayHaveHealthAndMetersOfThisOne() {
        CloneClient client = CloneClient.builder().region("ap-guangzhou").build();
        ApplicationContextRunner own = bare.withBean("one", CloneClient.class, () -> client)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean("activity", CloneActivity.class, () -> new CloneActivity(Clock.systemUTC()));
        own.run(context -> assertThat(
                        context.getBean(HealthIndicator.class).health().getDetails())
                .containsEntry("plansRunning", 0));
        own.withBean("another", CloneClient.class, () -> client)
                .withBean("activityOfAnother", CloneActivity.class, () -> new CloneActivity(Clock.systemUTC()))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void theClientIsClosedBeforeTheJournalAndTheShaperThatItUses() {
        List<String> closed = new CopyOnWriteArrayList<>();
        simulated
                .withBean(
                        RequestShaper.class,
                        () -> closing(RequestShaper.class, RequestShaper.paced(100), "shaper", closed))
                .withBean(
                        CloneJournal.class,
                        () -> closing(CloneJournal.class, CloneJournal.inMemory(), "journal", closed))
                .withBean(
                        CloneClientCustomizer.class,
                        () -> builder -> builder.transport(settings -> closing(
                                ApiTransport.class,
                                ReactorNettyTransport.plain().open(settings),
                                "transport",
                                closed)))
                .run(context -> assertThat(context.getBean(CloneClient.class)
                                .cloneReport(plan("order-1", 30))
                                .block(PATIENCE)
                                .complete())
                        .isTrue());
        assertThat(closed).containsExactly("transport", "transport", "journal", "shaper");
    }

    @Test
    void theContextClosesTheJournalThatItHasCreated(@TempDir Path folder) {
        AtomicReference<CloneJournal> journal = new AtomicReference<>();
        simulated
                .withPropertyValues("ramet.journal.file=" + folder.resolve("journal.db"))
                .run(context -> journal.set(context.getBean(CloneJournal.class)));
        assertThatThrownBy(() -> journal.get().find(PlanId.of("order-1")).block(PATIENCE))
                .isInstanceOf(JournalException.class);
    }

    @Test
    void aPlanWhoseSourceIsNotListedIsSentOnlyIfTheSettingsSaySo() {
        ApplicationContextRunner blind = bare.withUserConfiguration(Wired.class)
                .withBean(
                        Simulator.class,
                        () -> Simulator.builder()
                                .limit(RateLimit.none())
                                .knownSources("crs-someoneelses")
                                .start());
        blind.run(context -> assertThatThrownBy(() -> context.getBean(CloneClient.class)
                        .cloneReport(plan("order-1", 30))
                        .block(PATIENCE))
                .isInstanceOf(UnverifiedPlanException.class));
        blind.withPropertyValues("ramet.unverified-plans=send").run(context -> {
            context.getBean(CloneClient.class).cloneReport(plan("order-1", 30)).block(PATIENCE);
            assertThat(context.getBean(Simulator.class).books().arrivals("CloneInstances"))
                    .hasSize(1);
        });
    }

    @Test
    void theAuditCanBeSwitchedOff() {
        simulated
                .withPropertyValues("ramet.audit-for=0s")
                .run(context -> assertThat(context.getBean(CloneClient.class)
                                .cloneReport(plan("order-1", 30))
                                .block(PATIENCE)
                                .audit()
                                .summary())
                        .contains("audits are switched off"));
    }

    @Test
    void anAbandonedPlanIsRecoveredByItself() {
        CloneJournal journal = CloneJournal.inMemory();
        journal.open(plan("order-1", 30), "ap-guangzhou")
                .flatMap(PlanJournal::handOff)
                .block(PATIENCE);
        simulated
                .withBean(CloneJournal.class, () -> journal)
                .withPropertyValues("ramet.recover-every=100ms")
                .run(context -> {
                    CloneReport complete = Flux.interval(Duration.ofMillis(20))
                            .onBackpressureDrop()
                            .concatMap(
                                    tick -> context.getBean(CloneClient.class).report(PlanId.of("order-1")))
                            .filter(CloneReport::complete)
                            .blockFirst(PATIENCE);
                    assertThat(complete).isNotNull();
                });
    }

    @Test
    void nothingIsConfiguredIfItIsDisabled() {
        bare.withPropertyValues("ramet.enabled=false")
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(CloneClient.class));
    }

    @Test
    void theJournalIsInTheDataSourceThatIsMarkedForIt(@TempDir Path folder) {
        Path meant = folder.resolve("meant.db");
        Path other = folder.resolve("other.db");
        simulated
                .withBean("other", DataSource.class, () -> sqlite(other))
                .withBean(
                        "meant",
                        DataSource.class,
                        () -> sqlite(meant),
                        definition -> ((AbstractBeanDefinition) definition)
                                .addQualifier(new AutowireCandidateQualifier(CloneJournalDataSource.class)))
                .run(context -> {
                    context.getBean(CloneClient.class)
                            .cloneReport(plan("order-2", 30))
                            .block(PATIENCE);
                    assertThat(meant).exists();
                    assertThat(other).doesNotExist();
                });
        simulated.withBean("only", DataSource.class, () -> sqlite(other)).run(context -> {
            context.getBean(CloneClient.class).cloneReport(plan("order-3", 30)).block(PATIENCE);
            assertThat(other).exists();
        });
    }

    /** One more DataSource bean must not turn a journal that outlives the process into one that does not. */
    @Test
    void amongSeveralDataSourcesNoneIsTakenForTheJournalAndNoMemoryEither(@TempDir Path folder) {
        ApplicationContextRunner several = simulated
                .withBean("one", DataSource.class, () -> sqlite(folder.resolve("one.db")))
                .withBean("other", DataSource.class, () -> sqlite(folder.resolve("other.db")));
        several.run(context -> assertThat(context).getFailure().hasStackTraceContaining("ramet.journal.kind (none)"));
        several.withPropertyValues("ramet.journal.kind=memory")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void closingTheContextDrainsAndTheNextOneResumesWhereItStopped(@TempDir Path folder) {
        try (Simulator simulator = Simulator.builder()
                .latency(Duration.ofMillis(100), Duration.ofMillis(300))
                .limit(RateLimit.none())
                .start()) {
            ApplicationContextRunner durable = bare.withUserConfiguration(Wired.class)
                    .withBean(
                            Simulator.class,
                            () -> simulator,
                            outlives -> ((AbstractBeanDefinition) outlives).setDestroyMethodName(""))
                    // Slow enough that the plan is not at its end when the context closes on a busy machine.
                    .withPropertyValues(
                            "ramet.calls-per-second=8", "ramet.journal.file=" + folder.resolve("journal.db"));
            AtomicReference<Mono<CloneReport>> left = new AtomicReference<>();
            durable.run(context -> {
                CloneClient client = context.getBean(CloneClient.class);
                client.submit(plan("order-4", 900)).block(PATIENCE);
                Mono<CloneReport> running =
                        client.cloneReport(plan("order-4", 900)).cache();
                running.subscribe();
                left.set(running);
                client.clone(plan("order-4", 900)).blockFirst(PATIENCE);
            });

            CloneReport first = left.get().block(PATIENCE);
            assertThat(first.cloned()).isPositive().isEqualTo(simulator.books().bought());
            assertThat(first.notCloned()).isPositive();
            assertThat(first.inDoubt()).isZero();
            durable.run(context -> assertThat(context.getBean(CloneClient.class)
                            .resume(PlanId.of("order-4"))
                            .count()
                            .block(PATIENCE))
                    .isEqualTo(30));
            assertThat(simulator.books().bought()).isEqualTo(900);
            assertThat(simulator.books().boughtTwice()).isEmpty();
        }
    }

    @Test
    void aRegistryBeanReceivesMetersAndObservations() {
        simulated
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> {
                    context.getBean(CloneClient.class)
                            .cloneReport(plan("order-5", 60))
                            .block(PATIENCE);
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    assertThat(meters.get("ramet.call").timer().count()).isEqualTo(2);
                    assertThat(meters.get("ramet.chunks.in.doubt").gauge().value())
                            .isZero();
                    assertThat(context).hasBean("cloneObservations");
                });
    }

    @Test
    void withoutMicrometerAndSqliteThereIsStillAClient() {
        simulated
                .withClassLoader(new FilteredClassLoader("io.micrometer", "org.sqlite"))
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .getBeans(CloneObserver.class)
                            .containsOnlyKeys("cloneActivity");
                    assertThat(context.getBean(CloneClient.class)
                                    .cloneReport(plan("order-6", 30))
                                    .block(PATIENCE)
                                    .complete())
                            .isTrue();
                });
    }

    @Test
    void healthIsPassiveAndReportsTheLastRequest() {
        simulated.run(context -> {
            HealthIndicator health = context.getBean(HealthIndicator.class);
            Simulator simulator = context.getBean(Simulator.class);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(simulator.books().arrivals()).isEmpty();

            simulator.misbehave(Misbehaviour.scripted(Fault.error("UnauthorizedOperation", false)));
            context.getBean(CloneClient.class).cloneReport(plan("order-7", 30)).block(PATIENCE);
            Health down = health.health();
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails()).containsEntry("lastCall", "refused").containsEntry("chunksInDoubt", 0);

            context.getBean(CloneClient.class).cloneReport(plan("order-8", 30)).block(PATIENCE);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        });
        simulated
                .withPropertyValues("management.health.ramet.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void aFailureIsForgottenInTime() {
        Instant at = Instant.parse("2026-11-25T10:00:00Z");
        CloneActivity activity = new CloneActivity(Clock.fixed(at, ZoneOffset.UTC));
        activity.running(plan("order-9", 30), "ap-guangzhou", Context.empty())
                .attempt(plan("order-9", 30).chunk(0), 1)
                .failed(new NotSent(NotSent.Reason.NO_CONNECTION, "refused", null));

        assertThat(statusAfter(activity, at.plusSeconds(299))).isEqualTo(Status.DOWN);
        assertThat(statusAfter(activity, at.plusSeconds(300))).isEqualTo(Status.UP);
    }

    private static Status statusAfter(CloneActivity activity, Instant now) {
        return new RametHealthIndicator(activity, null, null, Duration.ofMinutes(5), Clock.fixed(now, ZoneOffset.UTC))
                .health()
                .getStatus();
    }

    /** The real one, which notices that it is closed. */
    private static <T> T closing(Class<T> type, T real, String name, List<String> closed) {
        Set<String> closings = Set.of("close", "disposeLater");
        boolean closes =
                Stream.of(type.getMethods()).anyMatch(method -> method.getName().equals("close"));
        Class<?>[] closeable = closes ? new Class<?>[] {type} : new Class<?>[] {type, AutoCloseable.class};
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), closeable, (proxy, method, arguments) -> {
            if (!closings.contains(method.getName())) {
                return method.invoke(real, arguments);
            }
            closed.add(name);
            return method.getReturnType() == Mono.class ? Mono.empty() : null;
        }));
    }

    private static InvalidSettingException invalidSetting(Throwable failure) {
        return (InvalidSettingException) Stream.iterate(failure, Throwable::getCause)
                .filter(cause -> cause instanceof InvalidSettingException)
                .findFirst()
                .orElseThrow();
    }

    /** All that is read of a server before it is refused. */
    private static DataSource oldMariaDb() {
        DatabaseMetaData server = responding(
                DatabaseMetaData.class,
                Map.of(
                        "getDatabaseProductName",
                        "MariaDB",
                        "getDatabaseProductVersion",
                        "10.5.1",
                        "getDatabaseMajorVersion",
                        10,
                        "getDatabaseMinorVersion",
                        5));
        Connection connection = responding(Connection.class, Map.of("getMetaData", server));
        return responding(DataSource.class, Map.of("getConnection", connection));
    }

    private static <T> T responding(Class<T> type, Map<String, ?> results) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> results.get(method.getName())));
    }

    private static DataSource sqlite(Path file) {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + file);
        return database;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCloneSimulator
    static class Wired {}

    /** Without a limit, for these tests have nothing to do with pace. */
    @Configuration(proxyBeanMethods = false)
    @EnableCloneSimulator
    static class Simulated {

        @Bean
        Simulator simulator() {
            return Simulator.builder().limit(RateLimit.none()).start();
        }
    }
}
