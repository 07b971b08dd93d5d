package io.ramet.reactor.observe;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Sees each run of a plan and each attempt at a call from its begin to its end, for traces, metrics and health. Called on the
 * client's own threads, the steps of one attempt one after the other: be quick, do not block. What it throws is logged and
 * otherwise ignored.
 *
 * <p>{@link Micrometer} makes observers of Micrometer's registries.
 */
public interface CloneObserver {

    /**
     * A run of a plan begins: somebody has subscribed to a plan that was not running.
     *
     * @param plan the plan
     * @param region the client's region
     * @param subscriber the Reactor context of who subscribed, on whose thread this is
     * @return sees the run
     */
    default RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        return RunObserver.NOOP;
    }

    /**
     * A chunk has its outcome.
     *
     * @param outcome the outcome, durable
     */
    default void settled(ChunkOutcome outcome) {}

    /**
     * The server has throttled a request although the limit was kept here: another client uses the same allowance, or the server is
     * stricter. All requests that share the shaper pause, and are paced for a while.
     *
     * @param chunk whose request was throttled; it had no effect and is sent again
     * @param pause how long no request is sent
     */
    default void throttled(CloneChunk chunk, Duration pause) {}

    /**
     * Something exists that was not asked for, or cannot be true: more instances than a chunk asked for, or an instance or deal
     * that was reported for two chunks. The plan's sending has stopped. Look at the account before you buy again.
     *
     * @param plan the plan
     * @param what what was seen, in words
     */
    default void alarm(PlanId plan, String what) {}

    /**
     * All instances of a plan were listed when its run ended, or could not be. A surplus comes as an {@link #alarm} as well.
     *
     * @param plan the plan
     * @param audit what the listing has shown
     */
    default void audited(PlanId plan, PlanAudit audit) {}

    /** Sees one run of a plan. */
    interface RunObserver {

        /** Sees nothing. */
        RunObserver NOOP = new RunObserver() {};

        /**
         * What the run's calls find in their Reactor context.
         *
         * @param context what the subscriber had in his, Reactor's own hooks apart
         * @return that, with what this observer adds
         */
        default Context context(Context context) {
            return context;
        }

        /**
         * An attempt at a chunk's call begins.
         *
         * @param chunk the chunk
         * @param number 1 for the first attempt at it in this run
         * @return sees the attempt
         */
        default AttemptObserver attempt(CloneChunk chunk, int number) {
            return AttemptObserver.NOOP;
        }

        /**
         * Nothing of the run is on its way any more.
         *
         * @param why what stopped the run or failed it, or null if every chunk has its outcome
         */
        default void ended(@Nullable Throwable why) {}
    }

    /** Sees one attempt at a call. */
    interface AttemptObserver {

        /** Sees nothing. */
        AttemptObserver NOOP = new AttemptObserver() {};

        /**
         * What the attempt finds in its Reactor context.
         *
         * @param context what it has of its run
         * @return that, with what this observer adds
         */
        default Context context(Context context) {
            return context;
        }

        /** It has a connection and waits for its turn. */
        default void queued() {}

        /** Its turn has come. */
        default void permitted() {}

        /** It is signed, and its bytes are about to go. */
        default void sending() {}

        /**
         * It has ended well.
         *
         * @param deal the answer
         */
        default void answered(Deal deal) {}

        /**
         * It has ended otherwise.
         *
         * @param failure why: a {@link io.ramet.error.CallFailure} tells by its effect whether the chunk is in doubt now
         */
        default void failed(Throwable failure) {}
    }
}
