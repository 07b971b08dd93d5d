package io.ramet.outcome;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.LostResponse;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import java.util.List;
import java.util.function.Function;

/**
 * The final result of a chunk: yes, no, or unknown. A stream of outcomes has exactly one for each chunk.
 *
 * <p>Java 17 has no pattern switch; {@link #fold} is the exhaustive form.
 */
public sealed interface ChunkOutcome {

    /** {@return the chunk} */
    CloneChunk chunk();

    /**
     * Handles each of the three cases.
     *
     * @param cloned applied to a chunk that was bought
     * @param notCloned applied to a chunk that certainly had no effect
     * @param inDoubt applied to a chunk whose effect is unknown
     * @param <T> the type of the result
     * @return the result of the function for this outcome
     */
    default <T> T fold(
            Function<? super Cloned, ? extends T> cloned,
            Function<? super NotCloned, ? extends T> notCloned,
            Function<? super InDoubt, ? extends T> inDoubt) {
        if (this instanceof Cloned yes) {
            return cloned.apply(yes);
        }
        return this instanceof NotCloned no ? notCloned.apply(no) : inDoubt.apply((InDoubt) this);
    }

    /**
     * Says whether another look-up may find more.
     *
     * @return whether the chunk is in doubt, or was bought and the ids of some of its instances are not known
     */
    default boolean open() {
        return fold(cloned -> cloned.missing() > 0, notCloned -> false, inDoubt -> true);
    }

    /**
     * Turns a failure into an exception: with {@code .map(ChunkOutcome::orElseThrow)} the first failure ends the
     * stream.
     *
     * @return the deal
     * @throws ChunkNotClonedException if the chunk was not cloned, or is in doubt
     */
    default Deal orElseThrow() {
        return fold(
                Cloned::deal,
                no -> {
                    throw new ChunkNotClonedException(no.chunk(), no.failure());
                },
                doubt -> {
                    throw new ChunkNotClonedException(doubt.chunk(), doubt.failure());
                });
    }

    /**
     * The chunk was bought.
     *
     * @param chunk the chunk
     * @param deal the deal, with the instances that exist for it
     */
    record Cloned(CloneChunk chunk, Deal deal) implements ChunkOutcome {

        /** {@return how many of the requested instances have no known id; 0 when the deal is complete} */
        public int missing() {
            return Math.max(0, chunk.goodsNum() - deal.instanceIds().size());
        }

        /** {@return how many instances exist beyond those requested; anything but 0 is an alarm} */
        public int surplus() {
            return Math.max(0, deal.instanceIds().size() - chunk.goodsNum());
        }
    }

    /**
     * The chunk certainly had no effect: it was refused, or never sent.
     *
     * @param chunk the chunk
     * @param failure the reason; its effect is {@link Effect#NONE}
     */
    record NotCloned(CloneChunk chunk, CallFailure failure) implements ChunkOutcome {

        /**
         * Rejects a failure that may have had an effect.
         *
         * @throws IllegalArgumentException if the failure's effect is {@link Effect#POSSIBLE}
         */
        public NotCloned {
            if (failure.effect() != Effect.NONE) {
                throw new IllegalArgumentException(
                        "the failure may have had an effect, so the chunk is in doubt: " + failure);
            }
        }

        /** {@return whether the server refused the chunk; false if it was never sent} */
        public boolean refused() {
            return failure instanceof ApiRefusal;
        }
    }

    /**
     * The chunk was sent, no trustworthy response came, and its mark was not found. It is not sent again while it is in
     * doubt; a later look-up may settle it.
     *
     * @param chunk the chunk; its instances can be looked up by its mark
     * @param failure the reason; its effect is {@link Effect#POSSIBLE}
     */
    record InDoubt(CloneChunk chunk, CallFailure failure) implements ChunkOutcome {

        /**
         * Rejects a failure that certainly had no effect.
         *
         * @throws IllegalArgumentException if the failure's effect is {@link Effect#NONE}
         */
        public InDoubt {
            if (failure.effect() != Effect.POSSIBLE) {
                throw new IllegalArgumentException(
                        "the failure certainly had no effect, so the chunk is not in doubt: " + failure);
            }
        }

        /** {@return the purchase named by a response that cannot be trusted; the deal is empty if there was none} */
        public Deal namedDeal() {
            String requestId = failure.requestId().orElse(null);
            return failure instanceof LostResponse lost
                    ? new Deal(lost.dealId().orElse(null), lost.dealName().orElse(null), lost.instanceIds(), requestId)
                    : new Deal(null, null, List.of(), requestId);
        }
    }
}
