package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Starvation;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Redis that forgets, stalls or dies while four clients share the limit; the server counts the calls. */
@Tag("soak")
@Timeout(180)
class RedisFailureTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** The jitter that the shaper absorbs on the way to the server. */
    private static final Duration ABSORBED = Duration.ofMillis(25);

    private static final int CLIENTS = 4;
    private static final int CALLS_EACH = 30;

    private final Simulator simulator = Simulator.builder()
            .limit(RateLimit.none())
            .latency(Duration.ofMillis(20), Duration.ofMillis(60))
            .start();
    private final List<SharedShaper> shapers = new ArrayList<>();
    private final List<CloneClient> clients = new ArrayList<>();
    private Redis redis;

    @BeforeEach
    void start() throws Exception {
        redis = Redis.start();
        for (int i = 0; i < CLIENTS; i++) {
            SharedShaper shaper = RedisShaper.connect(redis.url(), "account")
                    .replicas(CLIENTS)
                    .build();
            shapers.add(shaper);
            clients.add(Fixtures.client(simulator).shaper(shaper).build());
        }
    }

    @AfterEach
    void stop() {
        clients.forEach(CloneClient::close);
        shapers.forEach(SharedShaper::close);
        if (redis != null) {
            redis.close();
        }
        simulator.close();
    }

    private interface Disturbance {
        void strike() throws Exception;
    }

    @Test
    void aRedisThatForgetsEverythingLetsNoSecondOverTheLimit() throws Exception {
        keepsTheLimit(() -> redis.command(commands -> commands.flushall()));
    }

    @Test
    void aRedisThatStallsForTwoSecondsLetsNoSecondOverTheLimit() throws Exception {
        keepsTheLimit(() -> redis.sleep(2));
    }

    @Test
    void aRedisThatDiesAndStartsAgainLetsNoSecondOverTheLimit() throws Exception {
        keepsTheLimit(() -> redis.restart());
    }

    private void keepsTheLimit(Disturbance disturbance) throws Exception {
        List<ClonePlan> plans = new ArrayList<>();
        List<CompletableFuture<List<ChunkOutcome>>> bought = new ArrayList<>();
        try (Starvation starvation = new Starvation()) {
            for (int i = 0; i < CLIENTS; i++) {
                ClonePlan plan = Fixtures.plan("client-" + i, CALLS_EACH * 30);
                plans.add(plan);
                bought.add(clients.get(i)
                        .clone(plan)
                        .collectList()
                        .timeout(PATIENCE)
                        .toFuture());
            }
            for (int calls = 20; calls <= 80; calls += 30) {
                int wanted = calls;
                Program.awaitThat(
                        wanted + " calls", () -> simulator.books().executions().size() >= wanted);
                disturbance.strike();
            }
            for (int i = 0; i < CLIENTS; i++) {
                BooksAssert.assertTruth(
                        "client " + i, simulator, plans.get(i), bought.get(i).join());
            }
            assertThat(simulator.books().executions()).hasSize(CLIENTS * CALLS_EACH);
            int peak = simulator.books().peak("CloneInstances", Duration.ofSeconds(1));
            System.out.printf(
                    "peak %d; this machine was up to %d ms late%n",
                    peak, starvation.worst().toMillis());
            if (starvation.worst().compareTo(ABSORBED) <= 0) {
                assertThat(peak).isLessThanOrEqualTo(20);
            }
        }
    }
}
