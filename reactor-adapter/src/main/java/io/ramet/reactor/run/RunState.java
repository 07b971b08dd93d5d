package io.ramet.reactor.run;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run knows of itself: who wants how much, which chunks are where, and whether it may send. Thread-safe; calls nobody
 * with its lock held.
 */
public final class RunState {

    /** The limits of one run. */
    public record Limits(int maxInFlight, int maxInDoubt, boolean stopOnRefusal) {}

    /** Somebody who wants outcomes, how urgently, and how many in all. */
    public static final class Demand {
        private final int priority;
        private final boolean submitter;
        private long wanted;

        private Demand(int priority, boolean submitter, long wanted) {
            this.priority = priority;
            this.submitter = submitter;
            this.wanted = wanted;
        }

        /** {@return one who wants what it asks for, and may leave} */
        public static Demand subscriber(int priority) {
            return new Demand(priority, false, 0);
        }

        /** {@return one who wants the plan done, and never leaves} */
        public static Demand submitter(int priority) {
            return new Demand(priority, true, Long.MAX_VALUE);
        }
    }

    /** What a change has brought about. */
    enum Sending {
        UNCHANGED,
        HALTED,
        RESUMED
    }

    private static final Set<Reason> INTERRUPTING =
            Set.of(Reason.CLIENT_CLOSED, Reason.NO_CONNECTION, Reason.CONNECTION_LOST, Reason.TOO_LATE);

    private final int chunks;
    private final Limits limits;

    private final Set<Demand> followers = new HashSet<>();
    private final Deque<Integer> returned = new ArrayDeque<>();
    private final List<ChunkOutcome> unwritten = new ArrayList<>();
    private final BitSet taken = new BitSet();
    /** What this run itself has settled and may have bought: whatever the journal says, it was not left out. */
    private final BitSet settledHere = new BitSet();

    private final LatestOutcomes latest = new LatestOutcomes();
    private boolean open;
    private boolean settledAny;
    private boolean abandoned;
    private boolean letGo;
    private int next;
    private int sending;
    private int settling;
    private int settled;
    private int openDoubts;
    private int finalDoubts;
    private @Nullable CallFailure stopped;
    private final BitSet alarmed = new BitSet();
    private @Nullable String alarm;
    private @Nullable Throwable failed;
    private boolean handedOff;
    private boolean halted;
    private boolean ended;

    public RunState(int chunks, Limits limits) {
        this.chunks = chunks;
        this.limits = limits;
    }

    /** {@return whether the follower is aboard; a run that has ended, or was abandoned, takes nobody} */
    public synchronized boolean join(Demand follower) {
        return !ended && !abandoned && followers.add(follower);
    }

    /** {@return that of the follower for whom it is most urgent} */
    public synchronized int priority() {
        return followers.stream().mapToInt(follower -> follower.priority).max().orElse(Integer.MIN_VALUE);
    }

    /** {@code more} is 1 or more. */
    public synchronized void wants(Demand follower, long more) {
        follower.wanted = follower.wanted + more < 0 ? Long.MAX_VALUE : follower.wanted + more;
    }

    /** {@return whether the last one has left a run that is still opening: such a run takes nobody any more, and is to end} */
    public synchronized boolean leave(Demand follower) {
        boolean last = followers.remove(follower) && followers.isEmpty();
        if (last && !open && failed == null && stopped == null) {
            abandoned = true;
            stopped = new NotSent(Reason.RUN_STOPPED, "its subscribers left while it was opening", null);
        }
        return abandoned;
    }

    /** {@return whether the run may still begin, with what is known} */
    public synchronized boolean begin(Recovered known) {
        handedOff = known.handedOff();
        if (ended || stopped != null) {
            return false;
        }
        open = true;
        List<PendingChunk> broken = known.pending();
        settled = known.settled().cardinality();
        settling = broken.size();
        taken.or(known.settled());
        broken.forEach(pending -> taken.set(pending.chunk().index()));
        openDoubts = (int) broken.stream()
                .filter(pending -> pending.knownOutcome() instanceof InDoubt)
                .count();
        return true;
    }

    /** The plan was let go of before the run began: nothing was sent. */
    synchronized void letGo() {
        letGo = true;
    }

    /** {@return whether all subscribers left while it was opening} */
    synchronized boolean isAbandoned() {
        return abandoned;
    }

    /** {@return the next chunk to send, or -1 if none may be sent now} */
    public synchronized int take() {
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

    /** An answer has come, or is lost. */
    public synchronized void answered(ChunkOutcome outcome) {
        sending--;
        settling++;
        if (outcome instanceof InDoubt) {
            openDoubts++;
        }
        stop(reasonToStop(outcome));
        stop(mixedUp(outcome));
    }

    /** The chunk was not sent and may be sent later. */
    synchronized void unsent(int index, Throwable failure) {
        sending--;
        returned.addLast(index);
        boolean halting = failure instanceof NotSent notSent && notSent.reason() == Reason.RUN_STOPPED;
        if (failure instanceof CallFailure call && !halting) {
            stop(call);
        } else if (!halting) {
            fail(failure);
        }
    }

    /** It is certain that the chunk in doubt was never executed: it may be sent again. */
    synchronized void proven(int index) {
        settling--;
        openDoubts--;
        returned.addLast(index);
    }

    public synchronized void settled(ChunkOutcome answered, ChunkOutcome outcome) {
        settling--;
        settled++;
        settledAny = true;
        // What was refused may be reopened by the next run before a slow subscriber of this one has read it.
        if (!(outcome instanceof NotCloned)) {
            settledHere.set(outcome.chunk().index());
        }
        if (answered instanceof InDoubt) {
            openDoubts--;
        }
        if (outcome instanceof InDoubt) {
            finalDoubts++;
        }
        // Not for what was refused: either that has stopped the run when it was answered, or it was an earlier run's.
        stop(surplusOrDoubts(outcome));
        stop(mixedUp(outcome));
    }

    /** The journal did not take what was answered: it stands nowhere else. */
    public synchronized void unwritten(ChunkOutcome answered, Throwable failure) {
        settling--;
        unwritten.add(answered);
        if (answered instanceof InDoubt) {
            openDoubts--;
        }
        fail(failure);
    }

    public synchronized void stop(@Nullable CallFailure reason) {
        stopped = stopped == null ? reason : stopped;
    }

    public synchronized void fail(Throwable failure) {
        failed = failed == null ? failure : failed;
    }

    /** {@return whether sending has just been halted, or may go on} */
    public synchronized Sending turn() {
        if (halted == !maySend()) {
            return Sending.UNCHANGED;
        }
        halted = !halted;
        return halted ? Sending.HALTED : Sending.RESUMED;
    }

    /** {@return true once, when nothing is left to do} */
    synchronized boolean ends() {
        boolean idle = sending == 0 && settling == 0;
        boolean nothingToDo =
                failed != null || (open && (stopped != null || followers.isEmpty() || settled == chunks)) || letGo;
        boolean ends = !ended && idle && nothingToDo;
        ended |= ends;
        return ends;
    }

    /**
     * {@return whether the plan was submitted, here or where it was handed over, and what ended its run before its time is no
     * fault of the plan's: the client was closed, the journal failed, no connection could be had, or those who followed it here
     * have left. Somebody else may fare better}
     */
    synchronized boolean interrupted() {
        boolean ofOurOwn = failed != null
                || stopped == null
                || abandoned
                || (stopped instanceof NotSent notSent && INTERRUPTING.contains(notSent.reason()));
        boolean submitted = handedOff || followers.stream().anyMatch(follower -> follower.submitter);
        return ofOurOwn && submitted && settled < chunks;
    }

    /**
     * Compares what was read from the journal with what this run has written to it.
     *
     * @param read the chunks that have an outcome in the journal
     * @return a failure that carries the outcomes that this run has settled and that are gone, as far as they are known; null if
     *     none is gone
     */
    public synchronized @Nullable JournalException lost(BitSet read) {
        BitSet lost = (BitSet) settledHere.clone();
        lost.andNot(read);
        if (lost.isEmpty()) {
            return null;
        }
        List<ChunkOutcome> known = latest.of(lost);
        String what = "the journal has lost the outcomes of chunks " + first(lost) + ", which were written to it: "
                + "do not buy them again";
        return new JournalException(what, null).carrying(known);
    }

    /** At most a hundred. */
    private static List<Integer> first(BitSet chunks) {
        return chunks.stream().limit(100).boxed().toList();
    }

    /** {@return the alarm if one is to be raised now, else null; the same alarm comes once} */
    synchronized @Nullable String alarmToRaise() {
        String raised = alarm;
        alarm = null;
        return raised;
    }

    /** {@return whether this run has settled a chunk} */
    synchronized boolean hasSettled() {
        return settledAny;
    }

    synchronized int settledCount() {
        return settled;
    }

    /** {@return what the run failed with, carrying what stands nowhere else; null if it did not fail} */
    public synchronized @Nullable Throwable failure() {
        if (failed == null || unwritten.isEmpty()) {
            return failed;
        }
        JournalException journal = failed instanceof JournalException ours
                ? ours
                : new JournalException("the journal failed with " + failed, failed);
        return journal.carrying(unwritten);
    }

    /** {@return why chunks that were not sent were not} */
    synchronized NotSent reasonNotSent() {
        if (stopped instanceof NotSent notSent) {
            return notSent;
        }
        String why = stopped == null ? "" : ": " + stopped.getMessage();
        return new NotSent(Reason.RUN_STOPPED, "sending had stopped" + why, stopped);
    }

    private boolean maySend() {
        boolean wanted = open && !ended && !followers.isEmpty();
        boolean sound = stopped == null && failed == null && openDoubts + finalDoubts < limits.maxInDoubt();
        return wanted && sound;
    }

    /** Chunks that may have been started in all, so that calls run ahead of demand, but not far. */
    private long allowed() {
        long wanted = 0;
        for (Demand follower : followers) {
            wanted = Math.max(wanted, follower.wanted);
        }
        return wanted == 0 || wanted > Long.MAX_VALUE / 2 ? wanted : wanted + limits.maxInFlight();
    }

    /** Every further chunk would fare alike, or nobody knows any more what is going on. */
    private @Nullable CallFailure reasonToStop(ChunkOutcome outcome) {
        CallFailure refusal = outcome.fold(
                cloned -> null, notCloned -> shared(notCloned.failure()), inDoubt -> shared(inDoubt.failure()));
        return refusal != null ? refusal : surplusOrDoubts(outcome);
    }

    /** An id belongs to one chunk: where it comes twice, responses are attributed to requests that they do not answer. */
    private @Nullable NotSent mixedUp(ChunkOutcome outcome) {
        String twice = latest.add(outcome);
        return twice == null ? null : alarm(outcome, twice);
    }

    private NotSent alarm(ChunkOutcome outcome, String what) {
        int index = outcome.chunk().index();
        if (!alarmed.get(index)) {
            alarmed.set(index);
            alarm = alarm == null ? what : alarm + "; " + what;
        }
        return new NotSent(Reason.RUN_STOPPED, "ALARM: " + what, null);
    }

    private @Nullable NotSent surplusOrDoubts(ChunkOutcome outcome) {
        if (outcome instanceof Cloned cloned && cloned.surplus() > 0) {
            return alarm(
                    cloned,
                    cloned.chunk().instanceName() + " exists "
                            + cloned.deal().instanceIds().size() + " times, "
                            + cloned.chunk().goodsNum() + " were asked for");
        }
        return finalDoubts >= limits.maxInDoubt()
                ? new NotSent(Reason.RUN_STOPPED, finalDoubts + " chunks are in doubt", null)
                : null;
    }

    private @Nullable CallFailure shared(CallFailure failure) {
        return limits.stopOnRefusal()
                        && failure instanceof ApiRefusal refusal
                        && refusal.code().stopsRun()
                ? failure
                : null;
    }

    /** {@return where the run stands, for logs} */
    @Override
    public synchronized String toString() {
        return settled + " of " + chunks + " settled, " + sending + " sending, " + settling + " settling, " + openDoubts
                + " + " + finalDoubts + " in doubt, " + followers.size() + " followers"
                + (stopped == null ? "" : ", stopped: " + stopped.getMessage())
                + (failed == null ? "" : ", failed: " + failed.getMessage()) + (halted ? ", halted" : "")
                + (ended ? ", ended" : "");
    }
}
