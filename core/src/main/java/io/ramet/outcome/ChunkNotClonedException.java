package io.ramet.outcome;

import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.RametException;
import io.ramet.plan.CloneChunk;

/** A chunk that was not cloned, or is in doubt, as an exception. */
public final class ChunkNotClonedException extends RametException {

    private final transient CloneChunk chunk;
    private final CallFailure failure;

    ChunkNotClonedException(CloneChunk chunk, CallFailure failure) {
        super("chunk " + chunk.index() + " (" + chunk.instanceName() + "): " + failure.getMessage(), failure);
        this.chunk = chunk;
        this.failure = failure;
    }

    /** {@return the chunk} */
    public CloneChunk chunk() {
        return chunk;
    }

    /** {@return the reason, with code and RequestId where there are any} */
    public CallFailure failure() {
        return failure;
    }

    /** {@return whether instances of the chunk may nevertheless exist} */
    public Effect effect() {
        return failure.effect();
    }
}
