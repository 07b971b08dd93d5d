package io.ramet.reactor;

import static io.ramet.reactor.Buying.PATIENCE;
import static io.ramet.reactor.Buying.client;
import static io.ramet.reactor.Buying.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloneClientTest {

    @Test
    void aPlanOfTwoHundredAndFiftyIsBoughtInNineCalls() {
        try (Simulator simulator = Simulator.start();
                CloneClient client = client(simulator).build()) {
            ClonePlan plan = plan(250);
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            assertThat(outcomes).hasSize(9).allMatch(ChunkOutcome.Cloned.class::isInstance);
            assertThat(simulator.books().bought()).isEqualTo(250);
            assertThat(simulator.books().executions()).hasSize(9);
            CloneReport again = client.report(plan).block(PATIENCE);
            assertThat(again.complete()).isTrue();
            assertThat(simulator.books().bought()).isEqualTo(250);
            assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                    .isLessThanOrEqualTo(20);
        }
    }
}
