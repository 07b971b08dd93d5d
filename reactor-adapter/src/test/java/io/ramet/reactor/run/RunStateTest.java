package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunStateTest {

    private final ClonePlan plan = Fixtures.plan(90);
    private final InDoubt unpaid =
            new InDoubt(plan.chunk(0), new ApiRefusal(ErrorCodes.of("FailedOperation.PayFailed"), "test", null));
    private final RunState state = new RunState(plan.size(), new RunState.Limits(40, 3, true));

    @Test
    void aRefusalOfThisRunStopsIt() {
        begin(new Recovered(new BitSet(), List.of(), false));
        assertThat(state.take()).isZero();
        state.answered(unpaid);
        assertThat(state.take()).isNegative();
    }

    @Test
    void aRefusalOfAnEarlierRunDoesNot() {
        begin(new Recovered(new BitSet(), List.of(new PendingChunk(unpaid.chunk(), 100, unpaid)), false));
        assertThat(state.take()).isOne();
        state.settled(unpaid, unpaid);
        assertThat(state.take()).isEqualTo(2);
    }

    private void begin(Recovered known) {
        state.join(Demand.submitter(0));
        assertThat(state.begin(known)).isTrue();
    }
}
