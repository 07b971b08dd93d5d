package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.Window;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** The strict window on real sockets: its promise depends on no timing, so a busy machine cannot break it. */
class SlowNetworkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    @Tag("slow")
    @Tag("once")
    void theStrictWindowKeepsToTwentyUnderJitterAndAfterABlackout() throws IOException {
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                SlowNetwork network = new SlowNetwork(simulator.uri(), 1)) {
            ClonePlan plan = Fixtures.plan(2_400);
            List<ChunkOutcome> outcomes;
            try (CloneClient client = Fixtures.client(simulator)
                    .endpoint(network.uri())
                    .shaper(RequestShaper.strict(20))
                    .maxInstances(2_400)
                    .callTimeout(Duration.ofSeconds(20))
                    .build()) {
                Schedulers.parallel()
                        .schedule(() -> network.cut(2_000), 1_500, java.util.concurrent.TimeUnit.MILLISECONDS);
                outcomes = client.clone(plan).collectList().block(PATIENCE);
            }
            assertThat(outcomes).hasSize(80).allMatch(Cloned.class::isInstance);
            List<Long> arrivals = simulator.books().arrivals("CloneInstances").stream()
                    .map(arrival -> arrival.nanoTime())
                    .toList();
            assertThat(arrivals).hasSize(80);
            assertThat(Window.peak(arrivals)).isLessThanOrEqualTo(20);
        }
    }
}
