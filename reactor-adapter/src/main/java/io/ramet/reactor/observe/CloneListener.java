package io.ramet.reactor.observe;

import io.ramet.error.CallFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import java.time.Duration;

/**
 * Is told what happens to each chunk, for progress and metrics. Called on the client's own threads: be quick, do not
 * block. What it throws is logged and otherwise ignored.
 */
public interface CloneListener {

    /** A listener that does not listen. */
    CloneListener NONE = new CloneListener() {};

    /**
     * A call is signed and its bytes are about to go.
     *
     * @param chunk the chunk
     * @param attempt 1 for the first sending
     */
    default void sending(CloneChunk chunk, int attempt) {}

    /**
     * A call surely had no effect and will be made again.
     *
     * @param chunk the chunk
     * @param failure why it had none
     * @param pause how long until it queues for its next turn
     */
    default void again(CloneChunk chunk, CallFailure failure, Duration pause) {}

    /**
     * A chunk's mark is being looked for: no answer came that can be trusted, or the answer named fewer instances than
     * were bought.
     *
     * @param chunk the chunk
     */
    default void reconciling(CloneChunk chunk) {}

    /**
     * A chunk has its outcome.
     *
     * @param outcome the outcome
     */
    default void settled(ChunkOutcome outcome) {}
}
