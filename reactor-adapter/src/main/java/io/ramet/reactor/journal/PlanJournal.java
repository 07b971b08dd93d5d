package io.ramet.reactor.journal;

import io.ramet.error.LostResponse;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The journal of one claimed plan, for the only run that may send it. Each write is a cold Mono that is durable when it
 * completes. Writes take effect in the order in which they are subscribed to. A write fails with {@link
 * JournalException}, also when another process has claimed the plan: a run that cannot write cannot send. Not meant to
 * be implemented outside this library.
 */
public interface PlanJournal {

    /** {@return what was known of the plan when it was claimed} */
    Recovered known();

    /**
     * Writes that a chunk is about to be sent.
     *
     * @param chunk the chunk
     * @param timestamp the UNIX seconds that the request will be signed with
     * @return completes before the chunk may be sent; fails with {@link JournalException} if the chunk already has an
     *     outcome
     */
    Mono<Void> sending(CloneChunk chunk, long timestamp);

    /**
     * Writes that the last attempt certainly had no effect: its request was not written after all, the gateway held it
     * back, or it is proven that it was never executed.
     *
     * @param chunk the chunk
     * @return completes before the chunk may be sent again; fails with {@link JournalException} if the journal has no
     *     attempt of the chunk, or already has its outcome
     */
    Mono<Void> withdrawn(CloneChunk chunk);

    /**
     * Writes a response that is not yet the outcome of its chunk, because a look-up may add to it. It is not emitted,
     * and is not lost with the process.
     *
     * @param outcome the outcome if nothing more is found
     * @return completes before the chunk is looked up; changes nothing if the chunk already has an outcome
     */
    Mono<Void> answered(ChunkOutcome outcome);

    /**
     * Writes the outcome of a chunk. It replaces an outcome that was {@linkplain ChunkOutcome#open open}; the same
     * outcome again changes nothing.
     *
     * @param outcome its outcome
     * @return completes before the outcome may be emitted; fails with {@link JournalException} if the chunk already has
     *     another outcome that is not open: the message names that one, and {@link JournalException#unwritten} holds
     *     this one
     */
    Mono<Void> settled(ChunkOutcome outcome);

    /**
     * Writes that a chunk whose outcome is {@link ChunkOutcome.NotCloned} will be sent again. The outcome leaves {@link
     * #outcomes}; the {@linkplain CloneJournal#history history} of the plan keeps it.
     *
     * @param chunk the chunk
     * @return completes before the chunk may be sent; changes nothing if the chunk has no outcome. Fails with {@link
     *     JournalException} if it has any other outcome, because it was bought or may have been
     */
    Mono<Void> reopened(CloneChunk chunk);

    /**
     * Writes how far the isolation of an instance is, or its start.
     *
     * @param entry the instance and the step; replaces the one before
     * @return completes before the request of that step may be sent, or its result emitted
     */
    Mono<Void> undo(UndoEntry entry);

    /**
     * Reads which refusals are recent, by the journal's own clock.
     *
     * @param age zero or more
     * @return the indexes of the chunks whose outcome is a refusal that was settled less than {@code age} ago, except
     *     for refusals that an older version of this library has written, which have no time
     */
    Mono<BitSet> refusedWithin(Duration age);

    /**
     * Reads outcomes in the order in which they were settled.
     *
     * @param after the place to read on after; 0 reads from the first
     * @return the outcomes after that place
     */
    Flux<PlacedOutcome> outcomes(long after);

    /**
     * Watches over the claim. A run whose claim is lost sends nothing more, because another process may be running the
     * plan.
     *
     * @return fails with {@link JournalException} once the journal has noticed that another process has claimed the
     *     plan; completes when the plan is released or handed off. Emits on a thread that must not be blocked
     */
    Mono<Void> lost();

    /**
     * Releases the plan. If it was claimed to be run, it has ended: no process resumes it on its own. If it
     * was claimed to be reconciled, that is as it was before.
     *
     * @return completes when another run may claim the plan; idempotent
     */
    Mono<Void> release();

    /**
     * {@return completes when the plan is released and abandoned: another process is to resume it on its own}
     */
    Mono<Void> handOff();

    /**
     * The known state of a plan when it is claimed.
     *
     * @param settled the indexes of the chunks that have an outcome
     * @param refused the indexes of those of them that were refused
     * @param pending the chunks that were about to be sent, or were being looked up, when an earlier run broke off
     * @param handedOff whether an earlier run was {@linkplain #handOff handed off}, and the plan has not ended since
     */
    record Recovered(BitSet settled, BitSet refused, List<PendingChunk> pending, boolean handedOff) {

        /** {@return whether no chunk of the plan was ever sent, as far as the journal knows} */
        public boolean nothing() {
            return settled.isEmpty() && pending.isEmpty();
        }
    }

    /**
     * A chunk that was about to be sent, or was sent.
     *
     * @param chunk the chunk
     * @param timestamp the UNIX seconds that its request was to be signed with
     * @param answer what the server's response says, or null if no response is known
     */
    record PendingChunk(
            CloneChunk chunk, long timestamp, @Nullable ChunkOutcome answer) {

        /** {@return what is known of it so far: what the response says, or that it is in doubt} */
        public ChunkOutcome knownOutcome() {
            return answer == null ? new InDoubt(chunk, LostResponse.brokenOff()) : answer;
        }
    }
}
