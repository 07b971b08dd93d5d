package io.ramet.reactor.journal;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import java.util.BitSet;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The journal of one plan, in the hands of the one run that may send for it. Each write is durable, as far as this journal
 * can make it so, when its Mono completes; writes take effect in the order they are subscribed to. A write that fails, fails
 * with {@link JournalException}.
 */
public interface PlanJournal {

    /** {@return the chunks that have an outcome, by index; the caller's own copy} */
    BitSet settled();

    /** {@return the chunks that were about to be sent when an earlier run broke off, by index; the caller's own copy} */
    BitSet unanswered();

    /**
     * A chunk is about to be sent.
     *
     * @param chunk the chunk
     * @param timestamp the UNIX seconds it will be signed with
     * @return completes before the chunk may be sent
     */
    Mono<Void> sending(CloneChunk chunk, long timestamp);

    /**
     * The last sending of a chunk surely had no effect: it was not written after all, or the gateway held it back.
     *
     * @param chunk the chunk
     * @return completes before the chunk may be sent again
     */
    Mono<Void> withdrawn(CloneChunk chunk);

    /**
     * What became of a chunk, for good.
     *
     * @param outcome its outcome
     * @return completes before the outcome may be told
     */
    Mono<Void> settled(ChunkOutcome outcome);

    /**
     * Reads outcomes in the order in which they were settled.
     *
     * @param skip outcomes to skip
     * @return those that stand now, from there on
     */
    Flux<ChunkOutcome> outcomes(int skip);

    /** {@return completes when another run may take up the plan; idempotent} */
    Mono<Void> release();
}
