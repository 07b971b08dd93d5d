package io.ramet.reactor.run;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.observe.CloneObserver.Alarm;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run: the demand, the state of each chunk, and whether the run may send. Thread-safe; calls no other
 * component with its lock held.
 *
 * <pre>
 * chunk: waiting → sending → settling → settled
 *           ↑         |          |
 *           +---------+----------+   certainly not executed: may be sent again
 * run:   opening → open ⇄ halted → ended
 * </pre>
 */
public final class RunState {

    /** The limits of one run. */
    public record Limits(int maxInFlight, int maxInDoubt, boolean stopOnRefusal) {}

    /** The effect of a change on the sending. */
    enum Sending {
        UNCHANGED,
        HALTED,
        RESUMED
    }

    private final int chunks;
    private final Limits limits;

    private final Demand.Group demands = new Demand.Group();
    private final Deque<Integer> returned = new ArrayDeque<>();
    private final BitSet taken = new BitSet();
    private final RunOutcomes outcomes = new RunOutcomes();
    private final Alarms alarms = new Alarms();
    private boolean open;
    private boolean abandoned;
    private boolean endsUnopened;
    private int next;
    private int sending;
    private int settling;
    private int settled;
    private int openDoubts;
    private int finalDoubts;
    private @Nullable CallFailure stopped;
    private @Nullable Throwable failed;
    private boolean handedOff;
    private boolean halted;
    private boolean ended;

    public RunState(int chunks, Limits limits) {
        this.chunks = chunks;
        this.limits = limits;
    }

    /** {@return whether the demand was added; a run that has ended, or was abandoned, accepts none} */
    synchronized boolean join(Demand demand) {
        return !ended && !abandoned && demands.add(demand);
    }

    synchronized int priority() {
        return demands.priority();
    }

    synchronized void wants(Demand demand, long more) {
        demand.add(more);
    }

    /** {@return whether the run must end, because the last demand was withdrawn while it was opening} */
    synchronized boolean leave(Demand demand) {
        boolean last = demands.removeLast(demand);
        if (last && !open && failed == null && stopped == null) {
            abandoned = true;
            stopped = new NotSent(Reason.RUN_STOPPED, "its subscribers left while it was opening", null);
        }
        return abandoned;
    }

    /** Notes that the plan is claimed: from now on it may have to be offered to other processes again. */
    synchronized void claimed(Recovered known) {
        handedOff = known.handedOff();
    }

    /** {@return whether the run may still begin, from the known state of the plan} */
    synchronized boolean begin(Recovered known) {
        if (ended || stopped != null) {
            return false;
        }
        open = true;
        settled = known.settled().cardinality();
        settling = known.pending().size();
        taken.or(known.settled());
        outcomes.found(known);
        for (PendingChunk pending : known.pending()) {
            taken.set(pending.chunk().index());
            openDoubts += doubts(pending.knownOutcome());
        }
        return true;
    }

    /** {@return whether the run ends because it was abandoned; called once its unsent plan is released} */
    synchronized boolean endUnopened() {
        endsUnopened = abandoned;
        return abandoned;
    }

    /** {@return the next chunk to send, or -1 if none may be sent now} */
    synchronized int take() {
        if (!maySend() || settled + sending + settling >= allowed()) {
            return -1;
        }
        Integer index = returned.pollFirst();
        if (index == null) {
            next = taken.nextClearBit(next);
            if (next >= chunks) {
                return -1;
            }
            index = next;
            taken.set(index);
        }
        sending++;
        return index;
    }

    /** Notes that a response has arrived, or is lost. */
    synchronized void responded(ChunkOutcome outcome) {
        sending--;
        settling++;
        openDoubts += doubts(outcome);
        // Every further chunk would fail in the same way.
        stop(outcome.fold(
                cloned -> null, notCloned -> shared(notCloned.failure()), inDoubt -> shared(inDoubt.failure())));
        check(outcome);
    }

    /** Notes that a chunk was not sent and may be sent later. */
    synchronized void unsent(int index, Throwable failure) {
        sending--;
        returned.addLast(index);
        boolean halting = failure instanceof NotSent notSent && notSent.reason() == Reason.RUN_STOPPED;
        if (failure instanceof CallFailure call) {
            stop(halting ? null : call);
        } else {
            fail(failure);
        }
    }

    /** Notes that a chunk in doubt was certainly never executed, so it may be sent again. */
    synchronized void proven(int index) {
        settling--;
        openDoubts--;
        returned.addLast(index);
    }

    synchronized void settled(ChunkOutcome known, ChunkOutcome outcome) {
        settling--;
        settled++;
        outcomes.settled(outcome);
        openDoubts -= doubts(known);
        finalDoubts += doubts(outcome);
        // No stop for a refusal: it stopped the run when its response arrived, or it belongs to an earlier run.
        check(outcome);
    }

    /** Notes that the journal could not record an outcome, which is recorded nowhere else. */
    synchronized void unwritten(ChunkOutcome known, Throwable failure) {
        settling--;
        outcomes.unwritten(known);
        fail(failure);
    }

    synchronized void stop(@Nullable CallFailure reason) {
        stopped = stopped == null ? reason : stopped;
    }

    synchronized void fail(Throwable failure) {
        failed = failed == null ? failure : failed;
    }

    /** {@return whether sending has just been halted or resumed; each change is returned once} */
    synchronized Sending sending() {
        if (halted == !maySend()) {
            return Sending.UNCHANGED;
        }
        halted = !halted;
        return halted ? Sending.HALTED : Sending.RESUMED;
    }

    /** {@return whether nothing is left to do; true only once} */
    synchronized boolean ends() {
        boolean idle = sending == 0 && settling == 0;
        boolean done = open && (stopped != null || demands.isEmpty() || settled == chunks);
        boolean ends = !ended && idle && (done || failed != null || endsUnopened);
        ended |= ends;
        return ends;
    }

    /** {@return whether a submitted, unfinished plan should be offered to other processes} */
    synchronized boolean interrupted() {
        return isUnrelated() && (handedOff || demands.isSubmitted()) && settled < chunks;
    }

    /**
     * Notes that the plan could not be released. Another process may then resume it once the lease has expired, so the
     * chunks that this run has not sent must not be reported as final.
     */
    synchronized void notReleased(Throwable failure) {
        if (open && !isUnrelated() && settled < chunks) {
            fail(failure);
        }
    }

    /** {@return whether a close, the journal, the connection or the leave of its last subscriber ends the run} */
    private boolean isUnrelated() {
        return failed != null || stopped == null || abandoned || stopped.interrupts();
    }

    /** {@return a failure if the journal shows fewer outcomes than this run has written to it, else null} */
    synchronized @Nullable JournalException lost(BitSet read) {
        return outcomes.lost(read);
    }

    /** {@return the alarms to raise now; each is returned once} */
    synchronized List<Alarm> alarmsToRaise() {
        return alarms.take();
    }

    synchronized boolean hasSettled() {
        return outcomes.hasSettled();
    }

    synchronized int settledCount() {
        return settled;
    }

    /** {@return the failure of the run, with the outcomes that are recorded nowhere else; null if it did not fail} */
    synchronized @Nullable Throwable failure() {
        return failed == null ? null : outcomes.carriedBy(failed);
    }

    /** {@return why the remaining chunks were not sent} */
    synchronized NotSent reasonNotSent() {
        if (stopped instanceof NotSent notSent) {
            return notSent;
        }
        String why = stopped == null ? "" : ": " + stopped.getMessage();
        return new NotSent(Reason.RUN_STOPPED, "sending had stopped" + why, stopped);
    }

    private static int doubts(ChunkOutcome outcome) {
        return outcome instanceof InDoubt ? 1 : 0;
    }

    private boolean maySend() {
        boolean wanted = open && !ended && !demands.isEmpty();
        boolean sound = stopped == null && failed == null && openDoubts + finalDoubts < limits.maxInDoubt();
        return wanted && sound;
    }

    /** {@return how many chunks may be started in total: requests run ahead of demand, by at most maxInFlight} */
    private long allowed() {
        long wanted = demands.wanted();
        return wanted == 0 || wanted > Long.MAX_VALUE / 2 ? wanted : wanted + limits.maxInFlight();
    }

    private void check(ChunkOutcome outcome) {
        stop(alarms.surplus(outcome));
        if (finalDoubts >= limits.maxInDoubt()) {
            stop(new NotSent(Reason.RUN_STOPPED, "maxInDoubt is reached (chunks in doubt: " + finalDoubts + ")", null));
        }
        stop(alarms.duplicate(outcome, outcomes));
    }

    private @Nullable CallFailure shared(CallFailure failure) {
        boolean stops = failure instanceof ApiRefusal refusal && refusal.code().stopsRun();
        return stops && limits.stopOnRefusal() ? failure : null;
    }

    /** {@return the progress of the run, for logs} */
    @Override
    public synchronized String toString() {
        return settled + " of " + chunks + " settled, " + sending + " sending, " + settling + " settling, " + openDoubts
                + " + " + finalDoubts + " in doubt, " + demands.size() + " demands, stopped: " + stopped + ", failed: "
                + failed + (halted ? ", halted" : "") + (ended ? ", ended" : "");
    }
}
