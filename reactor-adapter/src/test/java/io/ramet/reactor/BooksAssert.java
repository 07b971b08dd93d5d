package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.simulator.Execution;
import io.ramet.simulator.Simulator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds what a client says against what the server knows. */
public final class BooksAssert {

    private BooksAssert() {}

    /** I2, I3, I4 and I6 for one plan whose stream has completed. */
    public static void assertTruth(String label, Simulator simulator, ClonePlan plan, List<ChunkOutcome> outcomes) {
        assertNothingBoughtTwice(label, simulator);
        assertRequested(label, simulator, plan);
        assertThat(outcomes).as(label + ": one outcome per chunk").hasSize(plan.size());
        Set<Integer> seen = new HashSet<>();
        for (ChunkOutcome outcome : outcomes) {
            CloneChunk chunk = outcome.chunk();
            assertThat(seen.add(chunk.index()))
                    .as(label + ": chunk %d once", chunk.index())
                    .isTrue();
            List<String> exist = simulator.books().instanceIds(chunk.instanceName());
            if (outcome instanceof Cloned cloned) {
                assertThat(exist)
                        .as(label + ": cloned means that these exist")
                        .containsAll(cloned.deal().instanceIds());
                assertThat(cloned.missing() > 0
                                || exist.size() == cloned.deal().instanceIds().size())
                        .as(label + ": and no others, or the outcome says that ids are missing")
                        .isTrue();
            } else if (outcome instanceof NotCloned) {
                assertThat(exist).as(label + ": not cloned means none exists").isEmpty();
            } else {
                assertThat(outcome).isInstanceOf(InDoubt.class);
            }
        }
    }

    /** Each request with a mark of the plan is one of its chunks, whole. */
    private static void assertRequested(String label, Simulator simulator, ClonePlan plan) {
        for (Execution execution : simulator.books().executions()) {
            plan.indexIn(execution.instanceName()).ifPresent(index -> {
                assertThat(index).as(label + ": a chunk of the plan").isLessThan(plan.size());
                assertThat(List.of(execution.instanceName(), execution.goodsNum()))
                        .as(label + ": name and number of chunk %d", index)
                        .isEqualTo(List.of(
                                plan.chunk(index).instanceName(),
                                plan.chunk(index).goodsNum()));
            });
        }
    }

    public static void assertNothingBoughtTwice(String label, Simulator simulator) {
        assertThat(simulator.books().boughtTwice()).as(label + ": bought twice").isEmpty();
    }
}
