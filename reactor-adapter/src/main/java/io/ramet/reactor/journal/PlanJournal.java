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
 * The journal of one claimed plan, for the only run that may send it. Each write is a cold Mono that completes when the
 * write is durable. Writes take effect in the order in which they are subscribed to. A write fails with {@link
 * JournalException} if the journal fails or another process has claimed the plan: a run that cannot write cannot send.
 * Not meant to be implemented outside this library.
 */
public interface PlanJournal {

    /** {@return the known state of the plan when it was claimed} */
    Recovered known();

    /**
     * Writes that a chunk is about to be sent.
     *
     * @param chunk the chunk
     * @param timestamp the timestamp of the request's signature in UNIX seconds
     * @return completes before the chunk may be sent; fails with {@link JournalException} if the chunk already has an
     *     outcome
     */
    Mono<Void> sending(CloneChunk chunk, long timestamp);

    /**
     * Writes that the last attempt certainly had no effect, because its request was not written after all, was refused
     * without an effect, or was proven never to have been executed.
     *
     * @param chunk the chunk
     * @return completes before the chunk may be sent again; fails with {@link JournalException} if the journal has no
     *     attempt of the chunk, or already has its outcome
     */
    Mono<Void> withdrawn(CloneChunk chunk);

    /**
     * Writes a response that is not yet the outcome of its chunk, because a look-up may add to it. The response is not
     * emitted, but it survives the process.
     *
     * @param outcome the outcome if no look-up adds to it
     * @return completes before the chunk is looked up; changes nothing if the chunk already has an outcome
     */
    Mono<Void> responded(ChunkOutcome outcome);

    /**
     * Writes the outcome of a chunk, which replaces an {@linkplain ChunkOutcome#open open} one. The same outcome again
     * changes nothing.
     *
     * @param outcome the outcome
     * @return completes before the outcome may be emitted; fails with {@link JournalException} if the chunk already has
     *     another outcome that is not open. The message names the existing outcome, and {@link
     *     JournalException#unwritten} holds the new one
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
     * Writes the progress of the isolation of an instance, or of its start.
     *
     * @param entry the instance and the step; replaces the previous entry
     * @return completes before the request of that step may be sent, or before its result may be emitted
     */
    Mono<Void> undo(UndoEntry entry);

    /**
     * Reads which refusals are recent, by the journal's own clock.
     *
     * @param age zero or more
     * @return the indexes of the chunks whose outcome is a refusal that was settled less than {@code age} ago. Refusals
     *     that an older version of this library wrote have no time and are not included
     */
    Mono<BitSet> refusedWithin(Duration age);

    /**
     * Reads outcomes in the order in which they were settled.
     *
     * @param after the place after which to read; 0 reads from the first outcome
     * @return the outcomes after that place
     */
    Flux<PlacedOutcome> outcomes(long after);

    /**
     * Watches the claim. A run whose claim is lost sends nothing more, because another process may be running the plan.
     *
     * @return fails with {@link JournalException} once the journal has noticed that another process has claimed the
     *     plan; completes when the plan is released or handed off. Emits on a thread that must not be blocked
     */
    Mono<Void> lost();

    /**
     * Releases the plan. If it was claimed in order to run it, its run has ended, so no process recovers it. If it was
     * claimed in order to reconcile it, it is abandoned afterwards only if it was before.
     *
     * @return completes when another run may claim the plan; idempotent. Fails with {@link JournalException} if the
     *     plan may not be released. It also fails if the plan was claimed in order to run it, and only now turns out to
     *     have been claimed by another process, which may be sending it
     */
    Mono<Void> release();

    /**
     * Releases the plan as abandoned, so that another process recovers it.
     *
     * @return completes when the plan is released
     */
    Mono<Void> handOff();

    /**
     * The known state of a plan when it is claimed.
     *
     * @param settled the indexes of the chunks that have an outcome
     * @param refused the indexes of the settled chunks that were refused
     * @param pending the chunks that were about to be sent, or were being looked up, when an earlier run was
     *     interrupted
     * @param handedOff whether an earlier run {@linkplain #handOff handed the plan off}, and no later run has ended
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
     * @param timestamp the timestamp for its signature in UNIX seconds
     * @param response the outcome from the server's response, or null if no response is known
     */
    record PendingChunk(
            CloneChunk chunk, long timestamp, @Nullable ChunkOutcome response) {

        /** {@return the outcome so far: that of the response, or that the chunk is in doubt} */
        public ChunkOutcome knownOutcome() {
            return response == null ? new InDoubt(chunk, LostResponse.brokenOff()) : response;
        }
    }
}
