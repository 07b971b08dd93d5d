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
 * What became of a chunk, for good: yes, no, or nobody knows. A stream of outcomes has exactly one for each chunk.
 *
 * <p>Java 17 has no pattern switch; {@link #fold} is the exhaustive form.
 */
public sealed interface ChunkOutcome {

    /** {@return the chunk} */
    CloneChunk chunk();

    /**
     * Handles each of the three.
     *
     * @param cloned what to make of a purchase
     * @param notCloned what to make of a chunk that surely had no effect
     * @param inDoubt what to make of a chunk of which nobody knows
     * @param <T> what is made
     * @return what the function for this outcome made
     */
    <T> T fold(
            Function<? super Cloned, ? extends T> cloned,
            Function<? super NotCloned, ? extends T> notCloned,
            Function<? super InDoubt, ? extends T> inDoubt);

    /**
     * Says whether looking again may tell more. Of a chunk of which all is known there is nothing more to tell.
     *
     * @return whether the chunk is in doubt, or was bought and some of its instances' ids are not known
     */
    default boolean open() {
        return fold(cloned -> cloned.missing() > 0, notCloned -> false, inDoubt -> true);
    }

    /**
     * Makes a failure an exception: with {@code .map(ChunkOutcome::orElseThrow)} the first one ends the stream.
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

        /** {@return how many instances fewer than asked for are known; 0 when the deal is complete} */
        public int missing() {
            return Math.max(0, chunk.goodsNum() - deal.instanceIds().size());
        }

        /** {@return how many instances more than asked for exist; anything but 0 is an alarm} */
        public int surplus() {
            return Math.max(0, deal.instanceIds().size() - chunk.goodsNum());
        }

        @Override
        public <T> T fold(
                Function<? super Cloned, ? extends T> cloned,
                Function<? super NotCloned, ? extends T> notCloned,
                Function<? super InDoubt, ? extends T> inDoubt) {
            return cloned.apply(this);
        }
    }

    /**
     * The chunk surely had no effect: it was refused, or never sent.
     *
     * @param chunk the chunk
     * @param failure why; its effect is {@link Effect#NONE}
     */
    record NotCloned(CloneChunk chunk, CallFailure failure) implements ChunkOutcome {

        /**
         * Refuses a failure that may have had an effect.
         *
         * @throws IllegalArgumentException if the failure's effect is {@link Effect#POSSIBLE}
         */
        public NotCloned {
            if (failure.effect() != Effect.NONE) {
                throw new IllegalArgumentException("may have had an effect, so it is in doubt: " + failure);
            }
        }

        /** {@return whether the server refused the chunk, as opposed to it never having been sent} */
        public boolean refused() {
            return failure instanceof ApiRefusal;
        }

        @Override
        public <T> T fold(
                Function<? super Cloned, ? extends T> cloned,
                Function<? super NotCloned, ? extends T> notCloned,
                Function<? super InDoubt, ? extends T> inDoubt) {
            return notCloned.apply(this);
        }
    }

    /**
     * The chunk was sent, no trustworthy answer came, and its mark was not found. It is never sent again.
     *
     * @param chunk the chunk; its mark is what to look for
     * @param failure why; its effect is {@link Effect#POSSIBLE}
     */
    record InDoubt(CloneChunk chunk, CallFailure failure) implements ChunkOutcome {

        /**
         * Refuses a failure that surely had no effect.
         *
         * @throws IllegalArgumentException if the failure's effect is {@link Effect#NONE}
         */
        public InDoubt {
            if (failure.effect() != Effect.POSSIBLE) {
                throw new IllegalArgumentException("surely had no effect, so it is not in doubt: " + failure);
            }
        }

        /** {@return what a response that cannot be trusted says was bought; the deal names nothing where there was none} */
        public Deal namedDeal() {
            String requestId = failure.requestId().orElse(null);
            return failure instanceof LostResponse lost
                    ? new Deal(lost.dealId().orElse(null), lost.dealName().orElse(null), lost.instanceIds(), requestId)
                    : new Deal(null, null, List.of(), requestId);
        }

        @Override
        public <T> T fold(
                Function<? super Cloned, ? extends T> cloned,
                Function<? super NotCloned, ? extends T> notCloned,
                Function<? super InDoubt, ? extends T> inDoubt) {
            return inDoubt.apply(this);
        }
    }
}
