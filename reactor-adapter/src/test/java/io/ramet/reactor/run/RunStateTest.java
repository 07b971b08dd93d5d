package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.observe.CloneObserver.Alarm;
import io.ramet.reactor.run.RunState.Sending;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunStateTest {

    private static final Recovered NOTHING = known(List.of());
    private static final LostResponse LOST = LostResponse.brokenOff();

    private final ClonePlan plan = Fixtures.plan(150);
    private final InDoubt unpaid =
            new InDoubt(plan.chunk(0), new ApiRefusal(ErrorCodes.of("FailedOperation.PayFailed"), "test", null));
    private final RunState state = new RunState(plan.size(), new RunState.Limits(40, 3, true));
    private final Demand submission = Demand.submitter(0);

    @Test
    void aRefusalOfThisRunStopsIt() {
        begin(NOTHING);
        assertThat(state.take()).isZero();
        state.responded(unpaid);
        assertThat(state.take()).isNegative();
        assertThat(state.reasonNotSent())
                .hasMessage("not sent: sending had stopped: FailedOperation.PayFailed: test")
                .hasCause(unpaid.failure());
    }

    @Test
    void aRefusalOfAnEarlierRunDoesNot() {
        begin(known(List.of(new PendingChunk(unpaid.chunk(), 100, unpaid))));
        assertThat(state.take()).isOne();
        state.settled(unpaid, unpaid);
        assertThat(state.take()).isEqualTo(2);
    }

    @Test
    void aRefusalStopsNoRunThatIsToContinueAndOneThatOtherChunksNeedNotShareStopsNone() {
        NotCloned refused = new NotCloned(plan.chunk(0), refusal("InvalidParameter"));
        RunState continuing = new RunState(plan.size(), new RunState.Limits(40, 3, false));
        continuing.join(submission);
        continuing.begin(NOTHING);
        continuing.take();
        continuing.responded(refused);
        assertThat(continuing.take()).isOne();

        begin(NOTHING);
        state.take();
        state.responded(new InDoubt(plan.chunk(0), refusal("InternalError")));
        assertThat(state.take()).isOne();
        state.responded(refused);
        assertThat(state.take()).isNegative();
    }

    @Test
    void chunksAreTakenInTheirOrderEachOnceAndThoseThatAreKnownNever() {
        begin(known(List.of(new PendingChunk(plan.chunk(2), 100, null)), 0));
        assertThat(taken()).containsExactly(1, 3, 4);
        assertThat(state.settledCount()).isOne();
    }

    @Test
    void nothingIsTakenBeforeThePlanIsOpenOrWithoutDemand() {
        assertThat(state.join(submission)).isTrue();
        assertThat(state.take()).isNegative();
        RunState watched = new RunState(plan.size(), new RunState.Limits(40, 3, true));
        watched.join(Demand.subscriber(0));
        watched.begin(NOTHING);
        assertThat(watched.take()).isNegative();
    }

    @Test
    void requestsRunAheadOfDemandByAsManyAsMayBeInFlight() {
        RunState ahead = new RunState(plan.size(), new RunState.Limits(1, 3, true));
        Demand reader = Demand.subscriber(0);
        ahead.join(reader);
        ahead.begin(known(List.of(new PendingChunk(plan.chunk(1), 100, null)), 0));
        ahead.wants(reader, 2);
        assertThat(ahead.take()).as("settled, pending, and one ahead").isEqualTo(2);
        assertThat(ahead.take()).isNegative();
        ahead.responded(cloned(2));
        assertThat(ahead.take()).isNegative();
        ahead.settled(cloned(2), cloned(2));
        assertThat(ahead.take()).isNegative();
        ahead.wants(reader, 1);
        assertThat(ahead.take()).isEqualTo(3);
    }

    @Test
    void aChunkThatWasNotSentGoesBeforeThoseThatWereNeverTaken() {
        begin(NOTHING);
        assertThat(state.take()).isZero();
        assertThat(state.take()).isOne();
        state.unsent(0, new NotSent(Reason.RUN_STOPPED, "halted", null));
        assertThat(taken()).containsExactly(0, 2, 3, 4);
    }

    @Test
    void openDoubtsHaltSendingUntilOneIsSettledOrProven() {
        begin(NOTHING);
        IntStream.range(0, 3).forEach(i -> state.take());
        assertThat(state.sending()).isEqualTo(Sending.UNCHANGED);
        IntStream.range(0, 3).forEach(i -> state.responded(doubt(i)));
        assertThat(state.sending()).isEqualTo(Sending.HALTED);
        assertThat(state.sending()).isEqualTo(Sending.UNCHANGED);
        assertThat(state.take()).isNegative();
        state.proven(0);
        assertThat(state.sending()).isEqualTo(Sending.RESUMED);
        assertThat(state.sending()).isEqualTo(Sending.UNCHANGED);
        assertThat(state.take()).as("proven never to have been executed").isZero();
        state.responded(doubt(0));
        assertThat(state.sending()).isEqualTo(Sending.HALTED);
        state.settled(doubt(1), cloned(1));
        assertThat(state.sending()).isEqualTo(Sending.RESUMED);
    }

    @Test
    void theDoubtsOfAnEarlierRunHaltItTooAndItsShortDealsDoNot() {
        Cloned shortOf = new Cloned(plan.chunk(0), new Deal("deal", null, List.of("crs-1"), null));
        List<PendingChunk> three = List.of(
                new PendingChunk(plan.chunk(0), 100, shortOf),
                new PendingChunk(plan.chunk(1), 100, null),
                new PendingChunk(plan.chunk(2), 100, null));
        begin(known(three));
        assertThat(state.take()).isEqualTo(3);
        state.responded(doubt(3));
        assertThat(state.take()).isNegative();
    }

    @Test
    void chunksThatStayInDoubtStopTheRun() {
        begin(NOTHING);
        for (int index = 0; index < 3; index++) {
            assertThat(state.take()).isEqualTo(index);
            settle(doubt(index));
        }
        assertThat(state.take()).isNegative();
        assertThat(state.reasonNotSent()).hasMessage("not sent: maxInDoubt is reached (chunks in doubt: 3)");
    }

    @Test
    void doubtsThatStayAndDoubtsThatAreOpenCountTogether() {
        begin(NOTHING);
        IntStream.range(0, 3).forEach(i -> state.take());
        settle(doubt(0));
        settle(doubt(1));
        state.responded(doubt(2));
        assertThat(state.take()).isNegative();
        state.settled(doubt(2), cloned(2));
        assertThat(state.take()).isEqualTo(3);
    }

    @Test
    void aRunWhoseOnlyChunkInDoubtIsProvenNeverToHaveBeenExecutedHasNothingUnderWay() {
        begin(NOTHING);
        state.take();
        state.responded(doubt(0));
        state.leave(submission);
        assertThat(state.ends()).isFalse();
        state.proven(0);
        assertThat(state.ends()).isTrue();
    }

    @Test
    void aChunkThatCouldNotBeSentForAReasonOfItsOwnStopsTheRun() {
        begin(NOTHING);
        state.take();
        NotSent failure = new NotSent(Reason.NO_CONNECTION, "test", null);
        state.unsent(0, failure);
        assertThat(state.take()).isNegative();
        assertThat(state.reasonNotSent()).isSameAs(failure);
    }

    @Test
    void anOutcomeThatCannotBeWrittenFailsTheRun() {
        begin(NOTHING);
        state.take();
        state.responded(cloned(0));
        state.unwritten(cloned(0), new JournalException("full", null));
        assertThat(state.failure()).hasMessageStartingWith("full; not in the journal: ");
    }

    @Test
    void theFirstReasonToStopIsKept() {
        begin(NOTHING);
        NotSent first = new NotSent(Reason.NO_CONNECTION, "first", null);
        state.stop(null);
        assertThat(state.reasonNotSent()).hasMessage("not sent: sending had stopped");
        state.stop(first);
        state.stop(new NotSent(Reason.CLIENT_CLOSED, "second", null));
        assertThat(state.reasonNotSent()).isSameAs(first);
        assertThat(state.begin(NOTHING))
                .as("a run that was stopped does not begin")
                .isFalse();
    }

    @Test
    void aRunFailsWithTheFirstFailureAndTheOutcomesThatAreRecordedNowhereElse() {
        begin(NOTHING);
        IntStream.range(0, 3).forEach(i -> state.take());
        assertThat(state.failure()).isNull();
        IllegalStateException first = new IllegalStateException("first");
        state.unsent(0, first);
        assertThat(state.failure()).isSameAs(first);
        assertThat(state.take()).isNegative();
        state.responded(doubt(1));
        state.unwritten(doubt(1), new JournalException("second", null));
        assertThat(state.failure())
                .isInstanceOfSatisfying(
                        JournalException.class,
                        failure -> assertThat(failure.unwritten()).containsExactly(doubt(1)))
                .hasMessageStartingWith("the journal failed: first")
                .hasCause(first);
        assertThat(state.ends()).as("one is being sent").isFalse();
        state.unsent(2, first);
        assertThat(state.ends()).isTrue();
    }

    @Test
    void aRunWhoseSubscribersAllLeaveWhileItOpensIsAbandonedAndEndsOnceItsPlanIsReleased() {
        Demand first = Demand.subscriber(0);
        Demand second = Demand.subscriber(0);
        assertThat(state.join(first)).isTrue();
        assertThat(state.join(first)).as("it has joined").isFalse();
        assertThat(state.join(second)).isTrue();
        assertThat(state.leave(first)).isFalse();
        assertThat(state.leave(second)).isTrue();
        assertThat(state.join(submission)).isFalse();
        assertThat(state.begin(NOTHING)).isFalse();
        assertThat(state.ends()).isFalse();
        assertThat(state.endUnopened()).isTrue();
        assertThat(state.ends()).isTrue();
        assertThat(state.reasonNotSent()).hasMessage("not sent: its subscribers left while it was opening");
    }

    @Test
    void aRunThatHasFailedOrWasStoppedIsNotAbandoned() {
        state.join(submission);
        state.stop(new NotSent(Reason.CLIENT_CLOSED, "closed", null));
        assertThat(state.leave(submission)).isFalse();
        assertThat(state.endUnopened()).isFalse();
        RunState failed = new RunState(plan.size(), new RunState.Limits(40, 3, true));
        failed.join(submission);
        failed.fail(new JournalException("away", null));
        assertThat(failed.leave(submission)).isFalse();
        assertThat(failed.ends()).isTrue();
    }

    @Test
    void anOpenRunEndsOnceWhenNothingIsWantedAndNothingIsUnderWay() {
        begin(NOTHING);
        assertThat(state.take()).isZero();
        assertThat(state.leave(submission)).isFalse();
        assertThat(state.take()).isNegative();
        assertThat(state.ends()).as("one is being sent").isFalse();
        state.responded(cloned(0));
        assertThat(state.ends()).as("one is being settled").isFalse();
        state.settled(cloned(0), cloned(0));
        assertThat(state.ends()).isTrue();
        assertThat(state.ends()).as("once").isFalse();
        assertThat(state.join(submission)).isFalse();
    }

    @Test
    void aRunEndsWhenAllChunksAreSettled() {
        begin(NOTHING);
        for (int index = 0; index < plan.size(); index++) {
            assertThat(state.hasSettled()).isEqualTo(index > 0);
            assertThat(state.ends()).isFalse();
            state.take();
            settle(index == 0 ? new NotCloned(plan.chunk(0), refusal("RequestLimitExceeded")) : cloned(index));
        }
        assertThat(state.ends()).isTrue();
        assertThat(state.interrupted()).isFalse();
    }

    @Test
    void aRunHasTheHighestPriorityOfItsDemands() {
        state.join(submission);
        state.join(Demand.subscriber(7));
        assertThat(state.priority()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource
    void aSubmittedPlanIsOfferedToOtherProcessesIfTheReasonWhyItStoppedIsNotItsOwn(Reason reason) {
        begin(NOTHING);
        state.stop(new NotSent(reason, "test", null));
        assertThat(state.interrupted()).isEqualTo(reason != Reason.RUN_STOPPED && reason != Reason.NO_CREDENTIALS);
    }

    @Test
    void aSubmittedPlanIsOfferedToOtherProcessesAfterAFailureAndNotAfterARefusal() {
        begin(NOTHING);
        assertThat(state.interrupted()).as("nothing stopped it").isTrue();
        state.stop(refusal("InvalidParameter"));
        assertThat(state.interrupted()).isFalse();
        state.fail(new JournalException("away", null));
        assertThat(state.interrupted()).isTrue();
    }

    @Test
    void aPlanThatIsOnlySubscribedToIsOfferedToOtherProcessesIfItWasBeforeAlsoWhenItIsAbandoned() {
        Demand reader = Demand.subscriber(0);
        state.join(reader);
        assertThat(state.interrupted()).isFalse();
        state.leave(reader);
        state.claimed(new Recovered(new BitSet(), new BitSet(), List.of(), true));
        state.begin(new Recovered(new BitSet(), new BitSet(), List.of(), true));
        assertThat(state.interrupted()).isTrue();
    }

    @Test
    void moreInstancesThanWereRequestedRaiseTheAlarmOnceAndStopTheRun() {
        begin(NOTHING);
        state.take();
        state.responded(cloned(0, 31));
        assertThat(state.alarmsToRaise())
                .containsExactly(
                        new Alarm(Alarm.Kind.SURPLUS, plan.chunk(0).instanceName() + " exists 31 times instead of 30"));
        state.settled(cloned(0, 31), cloned(0, 31));
        assertThat(state.alarmsToRaise()).isEmpty();
        assertThat(state.take()).isNegative();
        assertThat(state.reasonNotSent()).hasMessageStartingWith("not sent: ALARM: ");
    }

    @Test
    void aDealOfAnotherChunkRaisesTheAlarmAndStopsTheRun() {
        begin(NOTHING);
        state.take();
        state.take();
        settle(cloned(0));
        assertThat(state.alarmsToRaise()).isEmpty();
        assertThat(state.take()).isEqualTo(2);
        settle(new Cloned(plan.chunk(1), cloned(0).deal()));
        assertThat(state.alarmsToRaise())
                .containsExactly(new Alarm(Alarm.Kind.DUPLICATE, "crs-0-0 was reported for chunk 0 and for chunk 1"));
        assertThat(state.take()).isNegative();
    }

    @Test
    void anOutcomeThatTheJournalDoesNotShowAnyMoreIsLost() {
        begin(NOTHING);
        state.take();
        settle(cloned(0));
        BitSet read = new BitSet();
        assertThat(state.lost(read)).isNotNull();
        read.set(0);
        assertThat(state.lost(read)).isNull();
    }

    @Test
    void anOutcomeOfAnEarlierRunThatTheJournalDoesNotShowAnyMoreIsLostToo() {
        begin(known(List.of(), 0));
        assertThat(state.lost(new BitSet())).isNotNull();
    }

    /** Another process may resume the plan, and its remaining chunks must not be reported as final. */
    @Test
    void aRunThatWasStoppedFailsIfItsPlanCannotBeReleased() {
        JournalException away = new JournalException("away", null);
        begin(NOTHING);
        state.stop(refusal("InvalidParameter"));
        state.notReleased(away);
        assertThat(state.failure()).isSameAs(away);
    }

    @Test
    void aRunThatWasInterruptedOrNeverBeganDoesNotFailIfItsPlanCannotBeReleased() {
        JournalException away = new JournalException("away", null);
        RunState unopened = new RunState(plan.size(), new RunState.Limits(40, 3, true));
        unopened.stop(refusal("InvalidParameter"));
        unopened.notReleased(away);
        assertThat(unopened.failure()).isNull();
        begin(NOTHING);
        state.stop(new NotSent(Reason.CLIENT_CLOSED, "closed", null));
        state.notReleased(away);
        assertThat(state.failure()).isNull();
    }

    @Test
    void aRunWhoseChunksAreAllSettledDoesNotFailIfItsPlanCannotBeReleased() {
        begin(known(List.of(), 0, 1, 2, 3, 4));
        state.stop(refusal("InvalidParameter"));
        state.notReleased(new JournalException("away", null));
        assertThat(state.failure()).isNull();
    }

    private void begin(Recovered known) {
        state.join(submission);
        assertThat(state.begin(known)).isTrue();
    }

    private List<Integer> taken() {
        return IntStream.generate(state::take)
                .takeWhile(index -> index >= 0)
                .boxed()
                .toList();
    }

    private void settle(ChunkOutcome outcome) {
        state.responded(outcome);
        state.settled(outcome, outcome);
    }

    private static Recovered known(List<PendingChunk> pending, int... settled) {
        BitSet indexes = new BitSet();
        IntStream.of(settled).forEach(indexes::set);
        return new Recovered(indexes, new BitSet(), pending, false);
    }

    private Cloned cloned(int index) {
        return cloned(index, 30);
    }

    private Cloned cloned(int index, int instances) {
        List<String> ids = IntStream.range(0, instances)
                .mapToObj(i -> "crs-" + index + "-" + i)
                .toList();
        return new Cloned(plan.chunk(index), new Deal("deal-" + index, null, ids, null));
    }

    private InDoubt doubt(int index) {
        return new InDoubt(plan.chunk(index), LOST);
    }

    private static ApiRefusal refusal(String code) {
        return new ApiRefusal(ErrorCodes.of(code), "test", null);
    }
}
