package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Starvation;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import io.ramet.simulator.Arrival;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real front ends between a client and the server that close idle connections, are reloaded, send more than one
 * response, or repeat requests. A connection that is closed before the server has read the request must leave no chunk
 * in doubt; a request that is executed twice must raise the alarm.
 */
@Tag("soak")
@Timeout(240)
class FrontEndTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** Between the age at which a connection is no longer written to, and a front end's second. */
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
                    simulator,
                    plan(3_000),
                    buying(simulator, proxy.uri(), 3_000).join());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nginxThatIsReloadedLeavesNoChunkInDoubt(boolean tls) throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy = Proxy.nginx(tls, "", simulator.port())) {
            CompletableFuture<List<ChunkOutcome>> bought = buying(simulator, proxy.uri(), 1_800);
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
                    simulator,
                    plan(3_000),
                    buying(simulator, proxy.uri(), 3_000).join());
        }
    }

    /**
     * As on a machine that starves: HAProxy gives up while the handshake is held up, and its response crosses the
     * request.
     */
    @Test
    void haproxyThatGivesUpDuringASlowHandshakeLeavesNoChunkInDoubt() throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy =
                        Proxy.haproxy(true, "timeout client 1s\n    timeout http-request 1s", "", simulator.port());
                SlowHandshakes network = new SlowHandshakes(proxy.uri().getPort())) {
            List<ChunkOutcome> outcomes = buying(simulator, network.uri(), 900).join();
            assertThat(network.slow()).as("slow handshakes").isGreaterThan(5);
            assertAllCloned(simulator, plan(900), outcomes, true);
        }
    }

    @Test
    void earlyHintsOfHaproxyAttributeNoDealToAnotherChunk() throws Exception {
        try (Simulator simulator = simulator();
                Proxy proxy = Proxy.haproxy(
                        false, "", "http-request early-hint Link \"</a>; rel=preload\"", simulator.port())) {
            List<ChunkOutcome> outcomes = buying(simulator, proxy.uri(), 600).join();
            BooksAssert.assertTruth("early hints", simulator, plan(600), outcomes);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fourClientsThatShareALimitBehindHaproxyLeaveNoChunkInDoubt(boolean tls) throws Exception {
        List<SharedShaper> shapers = new ArrayList<>();
        try (Redis redis = Redis.start();
                Simulator simulator = simulator();
                Proxy proxy =
                        Proxy.haproxy(tls, "timeout client 5s\n    timeout http-request 5s", "", simulator.port())) {
            List<ClonePlan> plans = new ArrayList<>();
            List<CompletableFuture<List<ChunkOutcome>>> bought = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SharedShaper shaper =
                        RedisShaper.connect(redis.url(), "account").replicas(4).build();
                shapers.add(shaper);
                ClonePlan plan = Fixtures.plan("client-" + i, 1_500);
                plans.add(plan);
                bought.add(buying(client(simulator, proxy.uri()).shaper(shaper).build(), plan));
            }
            for (int i = 0; i < 4; i++) {
                assertAllCloned(simulator, plans.get(i), bought.get(i).join());
            }
            List<Long> arrivals = arrivals(simulator);
            System.out.printf(
                    "four clients behind HAProxy, TLS %s: %d requests in %d ms, peak %d; this machine was up to %d ms late%n",
                    tls,
                    arrivals.size(),
                    Duration.ofNanos(arrivals.get(arrivals.size() - 1) - arrivals.get(0))
                            .toMillis(),
                    simulator.books().peak("CloneInstances", Duration.ofSeconds(1)),
                    starvation.worst().toMillis());
        } finally {
            shapers.forEach(shaper -> System.out.println(shaper.state()));
            shapers.forEach(SharedShaper::close);
        }
    }

    /** The setting with which a front end repeats a POST whose connection the server has closed without a response. */
    enum Repeating {
        NGINX {
            @Override
            Proxy to(int server) throws Exception {
                return Proxy.nginx(false, "proxy_next_upstream error timeout non_idempotent;", server, server);
            }
        },
        HAPROXY {
            @Override
            Proxy to(int server) throws Exception {
                return Proxy.haproxy(false, "retries 3\n    retry-on all-retryable-errors", "", server);
            }
        };

        abstract Proxy to(int server) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void aFrontEndThatRepeatsAPostRaisesTheAlarmWithTheSurplus(Repeating frontEnd) throws Exception {
        ClonePlan plan = plan(90);
        try (Simulator simulator = Simulator.builder()
                        .limit(RateLimit.none())
                        .misbehaviour(Misbehaviour.scripted(Fault.none(), Fault.close(Stage.AFTER_EXECUTING)))
                        .start();
                Proxy proxy = frontEnd.to(simulator.port())) {
            List<String> alarms = new CopyOnWriteArrayList<>();
            CloneObserver observer = new CloneObserver() {
                @Override
                public void alarm(PlanId id, Alarm alarm) {
                    alarms.add(id + ": " + alarm.what());
                }
            };
            CloneReport report;
            try (CloneClient client = Fixtures.client(simulator)
                    .endpoint(proxy.uri())
                    .observer(observer)
                    .build()) {
                report = client.cloneReport(plan).block(PATIENCE);
            }
            assertThat(simulator.books().bought()).as("executed once too often").isEqualTo(120);
            assertThat(report.audit().surplus()).isEqualTo(30);
            assertThat(report.audit().surplusIds())
                    .hasSize(30)
                    .allSatisfy(id -> assertThat(plan.chunks()
                                    .flatMap(chunk -> simulator.books().instanceIds(chunk.instanceName()).stream()))
                            .contains(id));
            assertThat(alarms)
                    .singleElement()
                    .asString()
                    .startsWith(plan.id() + ": instances that were not reported: 30, such as ");
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

    private static CompletableFuture<List<ChunkOutcome>> buying(Simulator simulator, URI frontEnd, int goodsNum) {
        return buying(client(simulator, frontEnd).build(), plan(goodsNum));
    }

    private static CompletableFuture<List<ChunkOutcome>> buying(CloneClient client, ClonePlan plan) {
        return client.clone(plan)
                .collectList()
                .timeout(PATIENCE)
                .doFinally(end -> client.close())
                .toFuture();
    }

    private static CloneClientBuilder client(Simulator simulator, URI frontEnd) {
        return Fixtures.client(simulator)
                .endpoint(frontEnd)
                .transport(Proxy.trusting())
                .maxInDoubt(1_000)
                .maxInstances(Integer.MAX_VALUE);
    }

    private void assertAllCloned(Simulator simulator, ClonePlan plan, List<ChunkOutcome> outcomes) {
        assertAllCloned(simulator, plan, outcomes, keptPace(simulator));
    }

    /**
     * A machine that stands still for longer than the margin, or that has no time for the handshakes and so does not
     * keep the pace, says nothing about the client.
     */
    private void assertAllCloned(Simulator simulator, ClonePlan plan, List<ChunkOutcome> outcomes, boolean keptPace) {
        BooksAssert.assertTruth("front end", simulator, plan, outcomes);
        long late = starvation.worst().toMillis();
        if (late > MARGIN_MILLIS || !keptPace) {
            System.out.printf(
                    "this machine was %d ms late, kept the pace: %s, so nothing is judged: of %d chunks %d in doubt, %d "
                            + "not cloned%n",
                    late, keptPace, outcomes.size(), count(outcomes, InDoubt.class), count(outcomes, NotCloned.class));
            return;
        }
        assertThat(outcomes).allMatch(Cloned.class::isInstance);
    }

    /** {@return whether the requests came in less than twice the shortest time, and two seconds} */
    private static boolean keptPace(Simulator simulator) {
        List<Long> arrivals = arrivals(simulator);
        Duration took = Duration.ofNanos(arrivals.get(arrivals.size() - 1) - arrivals.get(0));
        return took.compareTo(Duration.ofSeconds(2 + 2L * arrivals.size() / 20)) < 0;
    }

    private static List<Long> arrivals(Simulator simulator) {
        return simulator.books().arrivals("CloneInstances").stream()
                .map(Arrival::nanoTime)
                .sorted()
                .toList();
    }

    private static long count(List<ChunkOutcome> outcomes, Class<? extends ChunkOutcome> kind) {
        return outcomes.stream().filter(kind::isInstance).count();
    }
}
