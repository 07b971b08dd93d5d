package io.ramet.reactor;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.LostAnswer;
import io.ramet.error.NotSent;
import io.ramet.json.CloneBodies;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.Known;
import io.ramet.reactor.journal.PlanJournal.Unanswered;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * A plan on its way to its outcomes.
 *
 * <p>Calls are subscribed to by the run, never by a subscriber, so nobody downstream can cancel a purchase in flight.
 * Outcomes go into the journal; a subscriber is a cursor over the journal that is told when there is more to read. So what
 * is told is durable, a late subscriber sees the same as an early one, a slow one costs no memory, and none can hold up the
 * others.
 *
 * <p>The run sends while somebody wants more: a subscriber with demand, or the one who submitted it.
 */
final class PlanRun {

    private static final Logger log = LoggerFactory.getLogger(PlanRun.class);

    /** The limits of one run. */
    record Limits(int maxInFlight, int maxInDoubt, boolean stopOnRefusal) {}

    /** Somebody who wants outcomes, and how many in all. */
    static final class Follower {
        private long wanted;
    }

    private record Progress(int settled, boolean ended) {}

    /** How far one subscriber has read. */
    private static final class Cursor {
        private final BitSet told = new BitSet();
        private int read;

        void pass(ChunkOutcome outcome) {
            told.set(outcome.chunk().index());
            read++;
        }
    }

    private final ClonePlan plan;
    private final Mono<Void> predecessor;
    private final CallSite site;
    private final CloneBodies bodies;
    private final CloneJournal journals;
    private final Turns turns;
    private final Limits limits;

    private final Sinks.Many<Progress> progress = Sinks.many().replay().latest();
    private final AtomicInteger announcements = new AtomicInteger();
    private final Sinks.Empty<Void> opened = Sinks.empty();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private final AtomicBoolean started = new AtomicBoolean();

    // All below is guarded by this run's lock, under which nobody else is called.
    private final Set<Follower> followers = new HashSet<>();
    private final Deque<Integer> returned = new ArrayDeque<>();
    private final List<ChunkOutcome> unwritten = new ArrayList<>();
    private final BitSet taken = new BitSet();
    private volatile @Nullable PlanJournal journal;
    private int next;
    private int sending;
    private int settling;
    private int settledCount;
    private int openDoubts;
    private int finalDoubts;
    private @Nullable CallFailure stopped;
    private @Nullable Throwable failed;
    private Sinks.Empty<Void> halt = Sinks.empty();
    private boolean halted;
    /** Takes no more followers. */
    private boolean ended;
    /** Has let go of the journal, so that the end may be told. */
    private boolean released;

    /** {@code predecessor} completes when an earlier run has let go of the plan. */
    PlanRun(ClonePlan plan, Mono<Void> predecessor, CallSite site, CloneJournal journals, Turns turns, Limits limits) {
        this.plan = plan;
        this.predecessor = predecessor;
        this.site = site;
        this.bodies = site.json().bodies(plan);
        this.journals = journals;
        this.turns = turns;
        this.limits = limits;
    }

    ClonePlan plan() {
        return plan;
    }

    /** {@return completes when the plan stands in the journal; fails as opening it failed} */
    Mono<Void> opened() {
        return opened.asMono().publishOn(Schedulers.parallel());
    }

    /** {@return completes when nothing is on its way any more} */
    Mono<Void> over() {
        return over.asMono();
    }

    /** {@return whether the follower is aboard; a run that has ended takes nobody} */
    boolean join(Follower follower) {
        synchronized (this) {
            if (ended) {
                return false;
            }
            followers.add(follower);
        }
        changed();
        if (started.compareAndSet(false, true)) {
            predecessor
                    .then(Mono.defer(() -> journals.open(plan)))
                    .switchIfEmpty(Mono.error(() -> new JournalException("the journal did not open " + plan, null)))
                    .subscribe(this::open, this::openFailed);
        }
        return true;
    }

    void wants(Follower follower, long more) {
        synchronized (this) {
            follower.wanted = follower.wanted + more < 0 ? Long.MAX_VALUE : follower.wanted + more;
        }
        turns.ready(this);
    }

    void leave(Follower follower) {
        synchronized (this) {
            followers.remove(follower);
        }
        changed();
    }

    /** Sends no more; the rest comes as not cloned. */
    void close() {
        if (journal == null) {
            openFailed(new ClientClosedException());
        } else {
            stop(new NotSent(NotSent.Why.CLIENT_CLOSED, "the client was closed", null));
        }
    }

    /**
     * Tells on threads that must not block, so that a subscriber who closes the client does not wait for himself, and apart
     * from the run, so that what a subscriber throws, or takes his time over, is his own affair.
     *
     * @return every outcome from the first on, then what was not sent, then the end
     */
    Flux<ChunkOutcome> outcomes() {
        return Flux.defer(() -> {
                    Cursor cursor = new Cursor();
                    return progress.asFlux().onBackpressureLatest().concatMap(news -> read(news, cursor), 1);
                })
                .publishOn(Schedulers.parallel(), 1);
    }

    private Flux<ChunkOutcome> read(Progress news, Cursor cursor) {
        PlanJournal open = journal;
        Flux<ChunkOutcome> fresh = open == null || cursor.read >= news.settled()
                ? Flux.empty()
                : open.outcomes(cursor.read).doOnNext(cursor::pass);
        return news.ended() ? fresh.concatWith(Flux.defer(() -> rest(cursor.told))) : fresh;
    }

    /** Of what this subscriber was not told: by now another run may have settled more than this one. */
    private synchronized Flux<ChunkOutcome> rest(BitSet told) {
        if (failed != null) {
            return Flux.error(
                    unwritten.isEmpty() ? failed : journalFailure(failed).carrying(unwritten));
        }
        CallFailure reason = stopped instanceof NotSent
                ? stopped
                : new NotSent(
                        NotSent.Why.RUN_STOPPED,
                        "sending had stopped" + (stopped == null ? "" : ": " + stopped.getMessage()),
                        stopped);
        return Flux.fromStream(() -> plan.chunks().filter(chunk -> !told.get(chunk.index())))
                .map(chunk -> new NotCloned(chunk, reason));
    }

    private static JournalException journalFailure(Throwable failure) {
        return failure instanceof JournalException ours
                ? ours
                : new JournalException("the journal failed with " + failure, failure);
    }

    private void open(PlanJournal open) {
        Known known = open.known();
        List<Unanswered> broken = known.unanswered().stream()
                .filter(unanswered -> !known.settled().get(unanswered.chunk().index()))
                .toList();
        synchronized (this) {
            if (!ended) {
                settledCount = known.settled().cardinality();
                taken.or(known.settled());
                broken.forEach(unanswered -> taken.set(unanswered.chunk().index()));
                settling += broken.size();
                openDoubts += broken.size();
                journal = open;
            }
        }
        if (journal == null) {
            // The client was closed meanwhile.
            release(open).subscribe();
            return;
        }
        opened.tryEmitEmpty();
        announce();
        broken.forEach(unanswered -> takeUp(unanswered, open));
        changed();
    }

    private void takeUp(Unanswered unanswered, PlanJournal open) {
        InDoubt doubt = new InDoubt(unanswered.chunk(), LostAnswer.brokenOff());
        ChunkCall call = call(unanswered.chunk(), open, Mono.never());
        settle(doubt, call.settle(doubt, unanswered.timestamp()));
    }

    private void openFailed(Throwable failure) {
        opened.tryEmitError(failure);
        fail(failure);
    }

    /** {@return the sending of the next chunk if one may be sent now, else null; called with the lock of turns held} */
    synchronized @Nullable Mono<Void> next() {
        PlanJournal open = journal;
        if (open == null || !maySend() || settledCount + sending + settling >= allowed()) {
            return null;
        }
        Integer index = returned.pollFirst();
        if (index == null) {
            next = taken.nextClearBit(next);
            if (next >= plan.size()) {
                return null;
            }
            index = next;
            taken.set(index);
        }
        sending++;
        CloneChunk chunk = plan.chunk(index);
        ChunkCall call = call(chunk, open, halt.asMono());
        // In this order: a failure of our own in answered() must not make the chunk one that may be sent again.
        return call.answer()
                .onErrorResume(failure -> Mono.fromRunnable(() -> unsent(chunk, failure)))
                .doOnNext(outcome -> answered(call, outcome))
                .then();
    }

    private ChunkCall call(CloneChunk chunk, PlanJournal open, Mono<Void> halt) {
        return new ChunkCall(site, chunk, bodies, plan.request().password(), open, halt);
    }

    private boolean maySend() {
        return !ended && stopped == null && failed == null && !followers.isEmpty() && doubts() < limits.maxInDoubt();
    }

    private int doubts() {
        return openDoubts + finalDoubts;
    }

    /** Chunks that may have been started in all, so that calls run ahead of demand, but not far. */
    private long allowed() {
        long wanted = 0;
        for (Follower follower : followers) {
            wanted = Math.max(wanted, follower.wanted);
        }
        return wanted == 0 || wanted > Long.MAX_VALUE / 2 ? wanted : wanted + limits.maxInFlight();
    }

    private void answered(ChunkCall call, ChunkOutcome outcome) {
        synchronized (this) {
            sending--;
            settling++;
            if (outcome instanceof InDoubt) {
                openDoubts++;
            }
        }
        stopOn(outcome);
        settle(outcome, call.settle(outcome));
        changed();
    }

    private void settle(ChunkOutcome answered, Mono<ChunkOutcome> settling) {
        // In this order: a failure of our own in settled() must not count the chunk a second time.
        settling.onErrorResume(CallFailure.class, proof -> Mono.fromRunnable(() -> proven(answered)))
                .onErrorResume(failure -> Mono.fromRunnable(() -> unwritten(answered, failure)))
                .subscribe(
                        outcome -> settled(answered, outcome),
                        failure -> log.error("a run has failed to handle its own failure", failure));
    }

    /** It is certain that the chunk was never executed: it may be sent again. */
    private void proven(ChunkOutcome answered) {
        synchronized (this) {
            settling--;
            openDoubts--;
            returned.addLast(answered.chunk().index());
        }
        changed();
    }

    private void settled(ChunkOutcome answered, ChunkOutcome outcome) {
        synchronized (this) {
            settling--;
            settledCount++;
            if (answered instanceof InDoubt) {
                openDoubts--;
            }
            if (outcome instanceof InDoubt) {
                finalDoubts++;
            }
        }
        stopOn(outcome);
        site.listener().settled(outcome);
        announce();
        changed();
    }

    /** What was bought must not be lost with the journal: it goes into the log and into the failure. */
    private void unwritten(ChunkOutcome outcome, Throwable failure) {
        log.error("an outcome could not be written to the journal: {}", outcome, failure);
        synchronized (this) {
            settling--;
            unwritten.add(outcome);
            if (outcome instanceof InDoubt) {
                openDoubts--;
            }
        }
        fail(failure);
    }

    private void unsent(CloneChunk chunk, Throwable failure) {
        synchronized (this) {
            sending--;
            returned.addLast(chunk.index());
        }
        if (failure instanceof NotSent notSent && notSent.why() == NotSent.Why.RUN_STOPPED) {
            changed();
        } else if (failure instanceof CallFailure call) {
            stop(call);
        } else {
            fail(failure);
        }
    }

    /** Stops where every further chunk would fare alike, or where nobody knows any more what is going on. */
    private void stopOn(ChunkOutcome outcome) {
        CallFailure reason = outcome.fold(
                cloned -> cloned.surplus() == 0
                        ? null
                        : new NotSent(
                                NotSent.Why.RUN_STOPPED,
                                "ALARM: " + cloned.chunk().instanceName() + " exists "
                                        + cloned.deal().instanceIds().size() + " times, "
                                        + cloned.chunk().goodsNum() + " were asked for",
                                null),
                notCloned -> shared(notCloned.failure()),
                inDoubt -> shared(inDoubt.failure()));
        synchronized (this) {
            if (reason == null && finalDoubts >= limits.maxInDoubt()) {
                reason = new NotSent(NotSent.Why.RUN_STOPPED, finalDoubts + " chunks are in doubt", null);
            }
        }
        if (reason != null) {
            stop(reason);
        }
    }

    private @Nullable CallFailure shared(CallFailure failure) {
        return limits.stopOnRefusal()
                        && failure instanceof ApiRefusal refusal
                        && refusal.code().stopsRun()
                ? failure
                : null;
    }

    private void stop(CallFailure reason) {
        log.info("plan {} stops sending: {}", plan.id(), reason.getMessage());
        synchronized (this) {
            stopped = stopped == null ? reason : stopped;
        }
        changed();
    }

    private void fail(Throwable failure) {
        synchronized (this) {
            failed = failed == null ? failure : failed;
        }
        changed();
    }

    /** After every change: halts or resumes the sending, and ends the run when nothing is left to do. */
    private void changed() {
        Sinks.Empty<Void> fired = null;
        boolean last = false;
        synchronized (this) {
            if (halted && maySend()) {
                halted = false;
                halt = Sinks.empty();
            } else if (!halted && !maySend()) {
                halted = true;
                fired = halt;
            }
            if (!ended && isDone()) {
                ended = true;
                last = true;
            }
        }
        if (fired != null) {
            fired.tryEmitEmpty();
        }
        if (last) {
            end();
        } else {
            turns.ready(this);
        }
    }

    private boolean isDone() {
        boolean idle = sending == 0 && settling == 0;
        boolean nothingToDo = failed != null
                || (journal != null && (stopped != null || followers.isEmpty() || settledCount == plan.size()));
        return idle && nothingToDo;
    }

    private void end() {
        PlanJournal open = journal;
        Mono<Void> release = open == null ? Mono.empty() : release(open);
        release.subscribe(nothing -> {}, failure -> {}, this::finish);
    }

    private Mono<Void> release(PlanJournal open) {
        return Mono.defer(open::release).onErrorResume(failure -> {
            log.warn("the journal of plan {} could not be released", plan.id(), failure);
            return Mono.empty();
        });
    }

    private void finish() {
        synchronized (this) {
            released = true;
        }
        announce();
        over.tryEmitEmpty();
    }

    /** One emission at a time; whoever comes meanwhile leaves it to the one who is at it. */
    private void announce() {
        if (announcements.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            Progress now = snapshot();
            progress.tryEmitNext(now);
            if (now.ended()) {
                progress.tryEmitComplete();
            }
            missed = announcements.addAndGet(-missed);
        }
    }

    private synchronized Progress snapshot() {
        return new Progress(settledCount, released);
    }

    /** {@return where the run stands, for logs} */
    @Override
    public synchronized String toString() {
        return "PlanRun[" + plan.id() + ", " + settledCount + " of " + plan.size() + " settled, " + sending
                + " sending, "
                + settling + " settling, " + openDoubts + " + " + finalDoubts + " in doubt, followers "
                + followers.stream().map(follower -> follower.wanted).toList() + ", next " + next + ", returned "
                + returned + ", stopped " + stopped + ", failed " + failed + ", halted " + halted + ", ended " + ended
                + ", released " + released + "]";
    }
}
