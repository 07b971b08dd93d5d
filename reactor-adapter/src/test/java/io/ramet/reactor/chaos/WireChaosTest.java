package io.ramet.reactor.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.UnawaitedShaper;
import io.ramet.reactor.chaos.LyingFrontEnd.Manner;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * Whole clients on sockets, behind a front end that splits, repeats, announces, delays and drops responses.
 * {@code -Dramet.seed=N} runs one seed, {@code -Dramet.wire=N} runs N.
 */
@Tag("slow")
class WireChaosTest {

    private static final int SEEDS = Integer.getInteger("ramet.wire", 14);
    private static final Integer ONLY = Integer.getInteger("ramet.seed");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET_KEY = "canary-secret-key-0123456789";
    private static final List<String> SECRETS = List.of(SECRET_KEY, "Canary-Passw0rd", "TC3-HMAC-SHA256 Credential");

    @BeforeEach
    void beQuiet() {
        // Failures are expected here.
        ((Logger) LoggerFactory.getLogger("io.ramet")).setLevel(Level.OFF);
    }

    @AfterEach
    void beAsBefore() {
        ((Logger) LoggerFactory.getLogger("io.ramet")).setLevel(null);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void noResponseIsTakenForThatOfAnotherRequestWhateverTheFrontEndSays() throws IOException {
        List<String> failures = new ArrayList<>();
        for (int seed = ONLY == null ? 0 : ONLY; seed < (ONLY == null ? SEEDS : ONLY + 1); seed++) {
            try {
                run(seed);
            } catch (AssertionError | RuntimeException failure) {
                failures.add("seed " + seed + ": " + failure);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void run(int seed) throws IOException {
        Random random = new Random(seed);
        Set<Manner> manners = EnumSet.allOf(Manner.class);
        ClonePlan plan = Fixtures.plan("wire-" + seed, 1 + random.nextInt(600));
        try (Simulator simulator = Simulator.builder()
                        .seed(seed)
                        .limit(RateLimit.none())
                        .threads(1)
                        .latency(Duration.ZERO, Duration.ofMillis(random.nextInt(20)))
                        .start();
                LyingFrontEnd front = new LyingFrontEnd(simulator.port(), seed, 0.1 + random.nextDouble(0.6), manners);
                CloneClient client = Fixtures.client(simulator)
                        .endpoint(front.uri())
                        .shaper(new UnawaitedShaper(RequestShaper.window(2_000)))
                        .callTimeout(Duration.ofSeconds(2))
                        .reconcileFor(Duration.ofMillis(300))
                        .maxInFlight(1 + random.nextInt(8))
                        .maxInDoubt(20)
                        .random(random)
                        .build()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            BooksAssert.assertTruth("seed " + seed + " " + front.seen, simulator, plan, outcomes);
        }
    }

    /**
     * Every setting is the builder's default, and the front end does only what leaves no doubt. It closes no idle
     * connection, because its FIN may be in flight while the first byte is written, and such a request is in doubt.
     */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void aClientWithEveryDefaultBuysAllBehindAFrontEndThatIsOnlyRude() throws IOException {
        Set<Manner> rude = EnumSet.of(
                Manner.SPLIT,
                Manner.LATE,
                Manner.INFORMS_FIRST,
                Manner.TWICE,
                Manner.STRAY_BEHIND,
                Manner.CLOSES_BEHIND);
        for (int seed = 0; seed < Math.min(3, SEEDS / 20); seed++) {
            try (Simulator simulator = Simulator.builder()
                            .seed(seed)
                            .misbehaviour(Misbehaviour.scripted(Fault.none(), Fault.throttle()))
                            .start();
                    LyingFrontEnd front = new LyingFrontEnd(simulator.port(), seed, 0.5, rude);
                    CloneClient client = CloneClient.builder()
                            .region(Fixtures.REGION)
                            .endpoint(front.uri())
                            .credentials(CredentialsProvider.fixed(
                                    Credentials.of(simulator.secretId(), simulator.secretKey())))
                            .build()) {
                List<ClonePlan> plans = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    plans.add(Fixtures.plan("defaults-" + seed + "-" + i, 100));
                }
                List<ChunkOutcome> outcomes = Flux.fromIterable(plans)
                        .flatMap(client::clone)
                        .collectList()
                        .block(PATIENCE);
                String label = "seed " + seed + " " + front.seen + " " + outcomes;
                BooksAssert.assertNothingBoughtTwice(label, simulator);
                assertThat(outcomes).as(label).hasSize(16).allMatch(outcome -> outcome instanceof Cloned);
                for (ChunkOutcome outcome : outcomes) {
                    assertThat(simulator.books().instanceIds(outcome.chunk().instanceName()))
                            .as(label)
                            .containsExactlyElementsOf(((Cloned) outcome).deal().instanceIds());
                }
                assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                        .as(label)
                        .isLessThanOrEqualTo(20);
            }
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void noSecretIsLoggedAtAnyLevelMeanwhile() throws IOException {
        LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        Queue<String> leaks = new ConcurrentLinkedQueue<>();
        AppenderBase<ILoggingEvent> recorder = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                String said = event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy()));
                SECRETS.stream().filter(said::contains).forEach(secret -> leaks.add(secret + " in " + said));
                lines.incrementAndGet();
            }
        };
        lines.set(0);
        var console = root.getAppender("console");
        root.detachAppender("console");
        recorder.setContext(logging);
        recorder.start();
        root.addAppender(recorder);
        root.setLevel(Level.TRACE);
        beAsBefore();
        try (Simulator simulator = Simulator.builder()
                        .credentials("canary-id", SECRET_KEY)
                        .limit(RateLimit.none())
                        .start();
                LyingFrontEnd front = new LyingFrontEnd(simulator.port(), 7, 0.6, EnumSet.allOf(Manner.class));
                CloneClient client = Fixtures.client(simulator)
                        .endpoint(front.uri())
                        .shaper(RequestShaper.window(2_000))
                        .callTimeout(Duration.ofSeconds(2))
                        .maxInDoubt(20)
                        .build()) {
            client.clone(Fixtures.plan("secrets", 900)).collectList().block(PATIENCE);
        } finally {
            root.setLevel(before);
            root.detachAppender(recorder);
            if (console != null) {
                root.addAppender(console);
            }
        }
        assertThat(lines.get()).as("something was logged").isGreaterThan(200);
        assertThat(leaks).isEmpty();
    }

    private static final AtomicInteger lines = new AtomicInteger();
}
