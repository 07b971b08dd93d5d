package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationTextPublisher;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.credentials.AssumedRole;
import io.ramet.reactor.credentials.CredentialsSource;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.credentials.WebIdentity;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.Micrometer;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.CredentialsSimulator;
import io.ramet.simulator.CredentialsSimulator.Response;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;
import redis.embedded.RedisServer;

/** I7: planted secrets are searched for in all that is logged, at every level, and in all that is thrown or printed. */
@Tag("real")
class SecretsTest {

    private static final String KEY = "canary-secret-key-0123456789";
    private static final String TOKEN = "canary-session-token-0123456789";
    private static final String PASSWORD = "Canary-Passw0rd";

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
    private Level before;
    private final AppenderBase<ILoggingEvent> recorder = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLoggerName().startsWith("io.ramet.simulator")) {
                return; // It logs the faults that this test has put the password into.
            }
            logged.add(event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                            ? ""
                            : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
    };

    @BeforeEach
    void listen() {
        before = root.getLevel();
        root.detachAppender("console");
        recorder.setContext(logging);
        recorder.start();
        root.addAppender(recorder);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(before);
        root.detachAppender(recorder);
    }

    @Test
    void noSecretIsLoggedThrownPrintedOrKeptWhateverGoesWrong(@TempDir Path folder) throws IOException {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        StringBuffer printed = new StringBuffer();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new ObservationTextPublisher(printed::append));
        MeterRegistry meters = new SimpleMeterRegistry();
        Fault[] faults = {
            Fault.none(),
            Fault.close(Stage.AFTER_HEADERS),
            Fault.reset(Stage.AFTER_EXECUTING),
            Fault.cutBody(30),
            Fault.garbage(true),
            Fault.nonHttp(true),
            Fault.html502(false),
            Fault.emptyObject(true),
            Fault.hang(false),
            Fault.throttle(),
            Fault.error("InternalError", false),
            // A server that quotes the password back.
            Fault.response(
                    200,
                    Map.of(),
                    "{\"Response\":{\"Error\":{\"Code\":\"InvalidParameterValue.PasswordRuleError\","
                            + "\"Message\":\"The password " + PASSWORD + " is weak\"},\"RequestId\":\"r-1\"}}",
                    false),
            Fault.response(200, Map.of(), "\"" + PASSWORD + "\" is not JSON", false),
        };
        try (Simulator simulator = Simulator.builder()
                .credentials("canary-id", KEY)
                .token(TOKEN)
                .limit(RateLimit.none())
                .start()) {
            for (Fault fault : faults) {
                simulator.misbehave(Misbehaviour.scripted(fault));
                try (CloneClient client = Fixtures.client(simulator)
                        .credentials(CredentialsProvider.fixed(
                                new Credentials("canary-id", Secret.of(KEY), Secret.of(TOKEN))))
                        .transport(ReactorNettyTransport.customizedBy(http -> http.wiretap(true)))
                        .journal(CloneJournal.jdbc(database))
                        .observer(Micrometer.observations(observations))
                        .observer(Micrometer.meters(meters, new CloneActivity(Clock.systemUTC())))
                        .shaper(RequestShaper.paced(2_000))
                        .callTimeout(Duration.ofMillis(200))
                        .maxInDoubt(1)
                        .build()) {
                    ClonePlan plan = Fixtures.plan(60);
                    List<ChunkOutcome> outcomes =
                            client.clone(plan).collectList().block(PATIENCE);
                    printed.append(plan)
                            .append(plan.request())
                            .append(plan.summary())
                            .append(outcomes)
                            .append(client);
                    outcomes.forEach(outcome -> outcome.fold(
                            cloned -> printed,
                            notCloned -> printed.append(stackTrace(notCloned.failure())),
                            inDoubt -> printed.append(stackTrace(inDoubt.failure()))));
                }
            }
        }
        meters.getMeters().forEach(meter -> printed.append(meter.getId()));
        assertThat(printed).contains("ramet.attempt", "ramet.call", "error.code");
        assertThat(logged).as("something was logged at TRACE").hasSizeGreaterThan(500);
        assertThat(logged).anyMatch(line -> line.contains(": 30 instances, RequestId "));
        String kept = Files.readString(folder.resolve("journal.db"), StandardCharsets.ISO_8859_1);
        assertThat(kept).contains("crs-xjhsdj12", "PasswordRuleError");
        for (String secret : List.of(KEY, TOKEN, PASSWORD, "TC3-HMAC-SHA256 Credential")) {
            assertThat(logged).as(secret).noneMatch(line -> line.contains(secret));
            assertThat(printed.toString()).as(secret).doesNotContain(secret);
            assertThat(kept).as(secret).doesNotContain(secret);
        }
    }

    @Test
    void thePasswordOfARedisIsNotLogged() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RedisServer redis = RedisServer.newRedisServer()
                .port(port)
                .setting("requirepass " + PASSWORD)
                .build();
        redis.start();
        try (SharedShaper right = RedisShaper.connect("redis://:" + PASSWORD + "@127.0.0.1:" + port, "account")
                        .replicas(1)
                        .build();
                SharedShaper wrong = RedisShaper.connect("redis://:Not-" + PASSWORD + "@127.0.0.1:" + port, "account")
                        .build()) {
            right.shape(Mono.empty()).block(PATIENCE);
            for (int i = 0; wrong.state().reason().isEmpty(); i++) {
                assertThat(i).isLessThan(1000);
                Mono.delay(Duration.ofMillis(20)).block();
            }
            assertThat(wrong.state().reason() + wrong.state() + right + right.state())
                    .doesNotContain(PASSWORD);
        } finally {
            redis.stop();
        }
        assertThat(logged).anyMatch(line -> line.contains("dispatching command"));
        assertThat(logged).noneMatch(line -> line.contains(PASSWORD));
    }

    @Test
    void noSecretOfACredentialsSourceIsLoggedThrownOrPrinted(@TempDir Path home) throws IOException {
        AssumedRole role = AssumedRole.of("qcs::cam::uin/100000000001:roleName/cloner", "ramet");
        Path webToken = Files.writeString(home.resolve("web-token"), "canary-web-token");
        Files.createDirectories(home.resolve(".tccli"));
        Path profile = home.resolve(".tccli").resolve("default.credential");
        StringBuilder printed = new StringBuilder();
        try (CredentialsSimulator services = CredentialsSimulator.start()) {
            services.bindRole("cloner");
            services.accept("AKIDuser", KEY);
            CredentialsSources sources = CredentialsSources.builder()
                    .environment(Map.of(
                            "TENCENTCLOUD_SECRET_ID",
                            "AKIDuser",
                            "TENCENTCLOUD_SECRET_KEY",
                            KEY,
                            "TENCENTCLOUD_TOKEN",
                            TOKEN,
                            "TENCENTCLOUD_SESSION_TOKEN",
                            "canary-other-token"))
                    .home(home)
                    .metadata(services.uri())
                    .sts(services.uri())
                    .transport(ReactorNettyCredentialsTransport.customizedBy(http -> http.wiretap(true)))
                    .build();
            CredentialsProvider user = CredentialsProvider.fixed(Credentials.of("AKIDuser", KEY));
            List<CredentialsSource> all = List.of(
                    sources.environment(),
                    sources.cvmRole(),
                    sources.webIdentity(WebIdentity.of("ci", role.roleArn(), webToken)),
                    sources.assumeRole(role, user),
                    sources.assumeRole(role, CredentialsProvider.fixed(Credentials.of("AKIDuser", "canary-wrong"))),
                    sources.tccliProfile("default"),
                    sources.defaultChain());
            List<Function<String, Optional<Response>>> lies = List.of(
                    request -> Optional.empty(),
                    request -> Optional.of(Response.of(200, "canary-temporary-key is not JSON")),
                    request -> Optional.of(
                            Response.of(200, "{\"Token\":\"canary-temporary-token\",\"Code\":\"Success\"}")),
                    request -> Optional.of(Response.of(500, "canary-temporary-token")));
            for (Function<String, Optional<Response>> lie : lies) {
                services.misbehave(lie);
                all.forEach(source -> printed.append(fetched(source)));
                services.acceptWebIdentity("canary-web-token");
            }
            for (String content : List.of(
                    "{\"secretId\":\"AKIDuser\",\"secretKey\":\"" + KEY + "\"}",
                    "{\"secretKey\":\"" + KEY + "\"}",
                    "{\"secretKey\":\"" + KEY)) {
                Files.writeString(profile, content);
                printed.append(fetched(sources.tccliProfile("default")));
            }
            services.misbehave(request -> Optional.empty());
            printed.append(sources.callerIdentity(user).block(PATIENCE));
        }
        assertThat(printed)
                .contains("AKIDuser", "CVM role", "WebIdentityTokenError", "SignatureFailure", "different tokens")
                .contains("is not a JSON object", "AKIDtemp")
                .doesNotContain("canary");
        assertThat(logged).as("something was logged at TRACE").hasSizeGreaterThan(100);
        assertThat(logged).anyMatch(line -> line.contains("chmod 600"));
        assertThat(logged).noneMatch(line -> line.contains("canary"));
    }

    private static String fetched(CredentialsSource source) {
        try (RefreshingCredentials provider = RefreshingCredentials.of(source).build()) {
            Credentials found = Mono.fromCompletionStage(provider::credentials).block(PATIENCE);
            return source + " " + provider + provider.status() + found + provider.held();
        } catch (RuntimeException e) {
            return stackTrace(e);
        }
    }

    private static String stackTrace(RuntimeException failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
