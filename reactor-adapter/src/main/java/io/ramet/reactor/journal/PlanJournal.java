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
 * The journal of one plan, in the hands of the one run that may send for it. Each write is durable, as far as this journal
 * can make it so, when its Mono completes; writes take effect in the order in which they are subscribed to. A write fails
 * with {@link JournalException}, also when another process has taken the plan over: who cannot write cannot send.
 */
public interface PlanJournal {

    /** {@return what was known of the plan when it was taken up} */
    Recovered known();

    /**
     * A chunk is about to be sent.
     *
     * @param chunk the chunk
     * @param timestamp the UNIX seconds it will be signed with
     * @return completes before the chunk may be sent
     */
    Mono<Void> sending(CloneChunk chunk, long timestamp);

    /**
     * The last sending of a chunk surely had no effect: it was not written after all, the gateway held it back, or it is
     * proven that it was never executed.
     *
     * @param chunk the chunk
     * @return completes before the chunk may be sent again
     */
    Mono<Void> withdrawn(CloneChunk chunk);

    /**
     * What the server has answered about a chunk, if that is not yet what became of it: it is still being looked for. Told to
     * nobody, but not lost with the process.
     *
     * @param outcome what there would be to tell if nothing more is found
     * @return completes before the chunk is looked for
     */
    Mono<Void> answered(ChunkOutcome outcome);

    /**
     * What became of a chunk. Replaces an outcome that was {@linkplain ChunkOutcome#open open}; the same outcome again changes
     * nothing.
     *
     * @param outcome its outcome
     * @return completes before the outcome may be emitted; fails with {@link JournalException} if the chunk already has another
     *     outcome that is not open: the message names that one, and {@link JournalException#unwritten} holds this one
     */
    Mono<Void> settled(ChunkOutcome outcome);

    /**
     * A chunk whose outcome is {@link ChunkOutcome.NotCloned} is to be sent again. The outcome leaves {@link #outcomes}; the
     * {@linkplain CloneJournal#history history} of the plan keeps it.
     *
     * @param chunk the chunk
     * @return completes before the chunk may be sent; changes nothing if the chunk has no outcome. Fails with {@link
     *     JournalException} if its outcome is any other: it was bought, or may have been
     */
    Mono<Void> reopened(CloneChunk chunk);

    /**
     * Reads which refusals are recent, by the journal's own clock.
     *
     * @param age zero or more
     * @return the chunks whose outcome is a refusal that was settled less than {@code age} ago, by index; a refusal that an older
     *     version of this library settled has no time and is not among them
     */
    Mono<BitSet> refusedWithin(Duration age);

    /**
     * Reads outcomes in the order in which they were settled.
     *
     * @param after the place to read on after; 0 reads from the first
     * @return those that stand now, from there on
     */
    Flux<PlacedOutcome> outcomes(long after);

    /**
     * Watches over the claim. A run whose claim is lost sends nothing more: another process may be running the plan.
     *
     * @return fails with {@link JournalException} once the plan is known to have been claimed by another process; completes when
     *     the plan is released or handed over. Emits on a thread that must not be blocked
     */
    Mono<Void> lost();

    /**
     * Lets go of the plan. What was taken up to be run is then ended: nobody goes on with it unasked. What was taken up to be
     * settled is as it was before.
     *
     * @return completes when another run may take up the plan; idempotent
     */
    Mono<Void> release();

    /** {@return completes when the plan is released and marked as left: somebody is to go on with it unasked} */
    Mono<Void> handOff();

    /**
     * What is known of a plan when it is taken up.
     *
     * @param settled the chunks that have an outcome, by index
     * @param pending the chunks that were about to be sent, or being looked for, when an earlier run broke off
     * @param handedOff whether an earlier run was {@linkplain #handOff handed over}, and the plan not ended since
     */
    record Recovered(BitSet settled, List<PendingChunk> pending, boolean handedOff) {

        /** {@return whether nothing was ever sent of the plan, as far as the journal knows} */
        public boolean nothing() {
            return settled.isEmpty() && pending.isEmpty();
        }
    }

    /**
     * A chunk that was about to be sent, or was.
     *
     * @param chunk the chunk
     * @param timestamp the UNIX seconds it was to be signed with
     * @param answer what the server has answered, or null if nobody knows
     */
    record PendingChunk(
            CloneChunk chunk, long timestamp, @Nullable ChunkOutcome answer) {

        /** {@return what is known of it so far: the answer, or that it is in doubt} */
        public ChunkOutcome knownOutcome() {
            return answer == null ? new InDoubt(chunk, LostResponse.brokenOff()) : answer;
        }
    }
}
