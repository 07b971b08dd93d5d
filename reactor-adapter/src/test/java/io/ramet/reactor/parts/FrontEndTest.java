package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Starvation;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real front ends that close idle connections, are reloaded, or say more than one response, between a client and the server. What
 * they do to a connection before the server has read the request must leave no chunk in doubt.
 */
@Tag("soak")
@Timeout(120)
class FrontEndTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Between a connection, opened half a second before its request at most, and a front end's second. */
    private static final long MARGIN_MILLIS = 250;

    private final Starvation starvation = new Starvation();

    @AfterEach
    void stopWatching() {
        starvation.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nginxThatClosesIdleConnectionsAfterASecondLeavesNoChunkInDoubt(boolean tls) throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy = Proxy.nginx(tls, "client_header_timeout 1s; keepalive_timeout 1s;", simulator.port())) {
            assertAllCloned(
                    simulator, plan(3_000), buying(simulator, proxy, 3_000).join());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nginxThatIsReloadedLeavesNoChunkInDoubt(boolean tls) throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy = Proxy.nginx(tls, "", simulator.port())) {
            CompletableFuture<List<ChunkOutcome>> bought = buying(simulator, proxy, 1_800);
            for (int calls = 10; calls <= 50; calls += 20) {
                int wanted = calls;
                Program.awaitThat(
                        wanted + " calls", () -> simulator.books().executions().size() >= wanted);
                proxy.reload();
            }
            assertAllCloned(simulator, plan(1_800), bought.join());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void haproxyThatGivesARequestOneSecondLeavesNoChunkInDoubt(boolean tls) throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy =
                        Proxy.haproxy(tls, "timeout client 1s\n    timeout http-request 1s", "", simulator.port())) {
            assertAllCloned(
                    simulator, plan(3_000), buying(simulator, proxy, 3_000).join());
        }
    }

    @Test
    void earlyHintsOfHaproxyAttributeNoDealToAnotherChunk() throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy = Proxy.haproxy(
                        false, "", "http-request early-hint Link \"</a>; rel=preload\"", simulator.port())) {
            List<ChunkOutcome> outcomes = buying(simulator, proxy, 600).join();
            BooksAssert.assertTruth("early hints", simulator, plan(600), outcomes);
        }
    }

    private static Simulator simulator() {
        return Simulator.builder()
                .limit(RateLimit.slidingWindow(20))
                .latency(Duration.ofMillis(20), Duration.ofMillis(60))
                .start();
    }

    private static ClonePlan plan(int goodsNum) {
        return Fixtures.plan("front-end", goodsNum);
    }

    private static CompletableFuture<List<ChunkOutcome>> buying(Simulator simulator, Proxy proxy, int goodsNum) {
        CloneClient client = Fixtures.client(simulator)
                .endpoint(proxy.uri())
                .transport(Proxy.trusting())
                .maxInDoubt(1_000)
                .maxInstances(Integer.MAX_VALUE)
                .build();
        return client.clone(plan(goodsNum))
                .collectList()
                .timeout(PATIENCE)
                .doFinally(end -> client.close())
                .toFuture();
    }

    /** A machine that stands still for longer than a front end has patience with says nothing about the client. */
    private void assertAllCloned(Simulator simulator, ClonePlan plan, List<ChunkOutcome> outcomes) {
        BooksAssert.assertTruth("front end", simulator, plan, outcomes);
        long late = starvation.worst().toMillis();
        if (late > MARGIN_MILLIS) {
            System.out.printf("this machine was %d ms late: chunks in doubt are not judged%n", late);
            return;
        }
        assertThat(outcomes).allMatch(Cloned.class::isInstance);
        assertThat(simulator.books().bought())
                .isEqualTo(outcomes.stream()
                        .mapToInt(outcome -> outcome.chunk().goodsNum())
                        .sum());
    }
}
