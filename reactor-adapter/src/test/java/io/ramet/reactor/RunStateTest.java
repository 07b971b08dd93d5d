package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.RunState.Follower;
import io.ramet.reactor.journal.PlanJournal.Known;
import io.ramet.reactor.journal.PlanJournal.Unsettled;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunStateTest {

    private final ClonePlan plan = Buying.plan(90);
    private final InDoubt unpaid =
            new InDoubt(plan.chunk(0), new ApiRefusal(ErrorCodes.of("FailedOperation.PayFailed"), "test", null));
    private final RunState state = new RunState(plan.size(), new RunState.Limits(40, 3, true));

    @Test
    void aRefusalOfThisRunStopsIt() {
        begin(new Known(new BitSet(), List.of(), false));
        assertThat(state.take()).isZero();
        state.answered(unpaid);
        assertThat(state.take()).isNegative();
    }

    @Test
    void aRefusalOfAnEarlierRunDoesNot() {
        begin(new Known(new BitSet(), List.of(new Unsettled(unpaid.chunk(), 100, unpaid)), false));
        assertThat(state.take()).isOne();
        state.settled(unpaid, unpaid);
        assertThat(state.take()).isEqualTo(2);
    }

    private void begin(Known known) {
        Follower follower = Follower.submitter(0);
        state.join(follower);
        assertThat(state.begin(known)).isTrue();
    }
}
