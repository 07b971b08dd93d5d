package io.ramet.reactor.journal;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanTable.Purpose;
import io.ramet.reactor.journal.UndoEntry.Step;
import java.time.Duration;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/** A claimed plan in a database. Every write passes its {@link Fence}. */
final class JdbcPlanJournal implements PlanJournal {

    private static final Logger log = LoggerFactory.getLogger(JdbcPlanJournal.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** Short, because a chunk that cannot be entered is not sent, and its run may end. */
    private static final Duration LONGEST_ENTRY = Duration.ofSeconds(10);

    private final JdbcJournal journal;
    private final PlanId id;
    private final Fence fence;
    private final Recovered known;
    private final Sinks.Empty<Void> lost = Sinks.empty();
    /** Written on the database's thread, as are all writes that pass the fence. */
    private boolean taken;
    /**
     * The loss of the claim, if it was noticed only when the release had begun, so that nothing else reports it. The
     * other process may be sending what this run has not sent.
     */
    private @Nullable JournalException lostTooLate;

    JdbcPlanJournal(JdbcJournal journal, Fence fence, Recovered known) {
        this.journal = journal;
        this.id = fence.id();
        this.fence = fence;
        this.known = known;
    }

    PlanId id() {
        return id;
    }

    long fence() {
        return fence.number();
    }

    /** Ends the run; called on the database's thread. {@return why nothing more can be written} */
    JournalException lose() {
        JournalException why = new JournalException("plan " + id + " has been taken over by another process", null);
        if (lost.tryEmitError(why).isFailure() && !taken) {
            lostTooLate = why;
        }
        taken = true;
        return why;
    }

    @Override
    public Recovered known() {
        return known;
    }

    @Override
    public Mono<Void> sending(CloneChunk chunk, long timestamp) {
        return retryWhileUnavailable(chunk, LONGEST_ENTRY, write("enter chunk " + chunk.index(), transaction -> {
            transaction.checkDurable();
            if (fence.purpose() == Purpose.RUN_LATER) {
                journal.plans.begin(transaction, id);
            }
            ChunkTable.send(transaction, chunk, timestamp);
        }));
    }

    @Override
    public Mono<Void> withdrawn(CloneChunk chunk) {
        return write("withdraw chunk " + chunk.index(), transaction -> ChunkTable.withdraw(transaction, chunk));
    }

    @Override
    public Mono<Void> responded(ChunkOutcome outcome) {
        return retryWhileUnavailable(
                outcome,
                journal.lease,
                write(
                        "write the response to chunk " + outcome.chunk().index(),
                        transaction -> ChunkTable.respond(transaction, outcome)));
    }

    @Override
    public Mono<Void> settled(ChunkOutcome outcome) {
        return retryWhileUnavailable(
                outcome,
                journal.lease,
                write(
                        "settle chunk " + outcome.chunk().index(),
                        transaction -> ChunkTable.settle(transaction, outcome)));
    }

    @Override
    public Mono<Void> reopened(CloneChunk chunk) {
        return write("reopen chunk " + chunk.index(), transaction -> ChunkTable.reopen(transaction, chunk));
    }

    @Override
    public Mono<Void> undo(UndoEntry entry) {
        return retryWhileUnavailable(
                entry, LONGEST_ENTRY, write("write the undo of " + entry.instanceId(), transaction -> {
                    if (entry.step() == Step.ISOLATING) {
                        transaction.checkDurable();
                    }
                    UndoTable.write(transaction, id, entry);
                }));
    }

    @Override
    public Mono<BitSet> refusedWithin(Duration age) {
        return journal.database.read(
                "read the recent refusals of plan " + id, transaction -> RefusalTable.recent(transaction, id, age));
    }

    @Override
    public Flux<PlacedOutcome> outcomes(long after) {
        return journal.outcomes(id, after);
    }

    @Override
    public Mono<Void> lost() {
        return lost.asMono().publishOn(journal.timer);
    }

    @Override
    public Mono<Void> release() {
        return retryWhileUnavailable(
                        "released: " + id,
                        journal.lease,
                        release("release", fence.purpose().isToRun() ? PlanProgress.ENDED : null))
                .doFinally(end -> journal.leases.end(this));
    }

    @Override
    public Mono<Void> handOff() {
        return release("hand off", fence.purpose().isToRun() ? PlanProgress.HANDED_OFF : null)
                .doFinally(end -> journal.leases.end(this));
    }

    private Mono<Void> release(String what, @Nullable PlanProgress progress) {
        return Mono.defer(() -> {
            lost.tryEmitEmpty();
            return journal.database
                    .write(
                            what + " plan " + id,
                            transaction -> {
                                if (!taken && !fence.release(transaction, progress)) {
                                    lose();
                                }
                                JournalException why = lostTooLate;
                                if (why != null && fence.purpose().isToRun()) {
                                    throw why;
                                }
                                return id;
                            },
                            // Before the next renewal, which would otherwise count the plan as lost.
                            released -> {
                                journal.leases.end(this);
                                return released;
                            })
                    .retry(1)
                    .then();
        });
    }

    /**
     * Repeats a write while the database fails with any error, because a deal is recorded nowhere else and a plan that
     * has ended must not look abandoned. A write that the fence has refused is not repeated.
     */
    private Mono<Void> retryWhileUnavailable(Object what, Duration longest, Mono<Void> write) {
        return Mono.defer(() -> {
            long began = journal.nanoTime.getAsLong();
            return write.retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                    .maxBackoff(LONGEST_PAUSE)
                    .scheduler(journal.timer)
                    .doBeforeRetry(again -> log.warn("not in the journal yet: {}", what, again.failure()))
                    .filter(failure ->
                            Database.mayPass(failure) && journal.nanoTime.getAsLong() - began < longest.toNanos()));
        });
    }

    /**
     * Repeats a failed write once, on a new connection if the connection failed. The same write again changes nothing.
     */
    private Mono<Void> write(String what, Fence.Change change) {
        return journal.database
                .write(what + " of plan " + id, transaction -> {
                    if (taken || !fence.pass(transaction, change)) {
                        throw lose();
                    }
                    return id;
                })
                .retryWhen(Retry.max(1).filter(Database::mayPass).onRetryExhaustedThrow((rule, last) -> last.failure()))
                .then();
    }
}
