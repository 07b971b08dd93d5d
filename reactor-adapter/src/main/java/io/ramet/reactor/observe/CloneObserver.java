package io.ramet.reactor.observe;

import io.ramet.error.CallFailure;
import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.time.Duration;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Observes what a client does, for progress, traces, metrics and health. Every method has a default that does nothing.
 *
 * <p>The methods of this interface are events of a chunk or a plan; {@link #running} observes one run of a plan from
 * start to finish, and each attempt in it.
 *
 * <p>Methods are called on the client's own threads; those of one attempt one after the other, those of several chunks
 * at the same time. They must be quick and must not block. What they throw is logged and otherwise ignored.
 *
 * <p>{@link Micrometer} creates observers for Micrometer's registries.
 */
public interface CloneObserver {

    /** Does nothing. */
    CloneObserver NOOP = new CloneObserver() {};

    /**
     * A run of a plan starts: a plan that was not running has been subscribed to.
     *
     * @param plan the plan
     * @param region the client's region
     * @param subscriber the Reactor context of the subscriber, on whose thread this method is called
     * @return observes the run
     */
    default RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        return RunObserver.NOOP;
    }

    /**
     * A request is signed, and its bytes are about to be written.
     *
     * @param chunk the chunk
     * @param attempt 1 for the first attempt at the chunk in this run
     */
    default void sending(CloneChunk chunk, int attempt) {}

    /**
     * A request certainly had no effect and will be sent again.
     *
     * @param chunk the chunk
     * @param failure why it had no effect
     * @param pause how long it waits before it queues for its next permit
     */
    default void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {}

    /**
     * The instances of a chunk are being looked up: no response came that can be trusted, or the response named fewer
     * instances than were bought.
     *
     * @param chunk the chunk
     */
    default void reconciling(CloneChunk chunk) {}

    /**
     * A chunk has its outcome.
     *
     * @param outcome the outcome, durable
     */
    default void settled(ChunkOutcome outcome) {}

    /**
     * The server has throttled a request although the limit was kept here: another client uses the same allowance, or
     * the server is stricter. All requests that share the shaper pause, and are paced for a while.
     *
     * @param chunk the chunk whose request was throttled; it had no effect and is sent again
     * @param pause how long no request is sent
     */
    default void throttled(CloneChunk chunk, Duration pause) {}

    /**
     * Instances exist that were not requested, or the responses contradict each other. The plan's sending has stopped.
     * Check the account before you buy again.
     *
     * @param plan the plan
     * @param alarm what was found
     */
    default void alarm(PlanId plan, Alarm alarm) {}

    /**
     * All instances of a plan were listed when its run ended, or could not be. A surplus raises the {@link #alarm} as
     * well.
     *
     * @param plan the plan
     * @param audit what the listing has shown
     */
    default void audited(PlanId plan, PlanAudit audit) {}

    /**
     * An operation beside the purchases is subscribed to: a look-up, an undo, or a restore.
     *
     * @param operation the name of its method, such as {@code awaitRunning}
     * @param subscriber the Reactor context of the subscriber, on whose thread this method is called
     * @return observes the operation
     */
    default OperationObserver operating(String operation, ContextView subscriber) {
        return OperationObserver.NOOP;
    }

    /**
     * The wait for an instance is over: it runs, it has failed, or the deadline has passed.
     *
     * @param state the instance
     */
    default void awaited(InstanceState state) {}

    /**
     * An instance of a plan was isolated, or started again, or was not.
     *
     * @param plan the plan
     * @param outcome what became of the instance
     */
    default void undone(PlanId plan, UndoOutcome outcome) {}

    /**
     * Credentials are being fetched from their source. Only a {@link io.ramet.reactor.credentials.RefreshingCredentials
     * provider that refreshes them} calls this, if it was built with this observer.
     *
     * @param source the name of the source
     * @return observes the fetch
     */
    default RefreshObserver refreshing(String source) {
        return RefreshObserver.NOOP;
    }

    /** Observes one operation beside the purchases. */
    interface OperationObserver {

        /** Does nothing. */
        OperationObserver NOOP = new OperationObserver() {};

        /** The operation has completed. */
        default void completed() {}

        /**
         * The operation has failed.
         *
         * @param failure why
         */
        default void failed(Throwable failure) {}

        /** The subscriber has cancelled the operation, or needed no more of it. */
        default void cancelled() {}
    }

    /** Observes one fetch of credentials. */
    interface RefreshObserver {

        /** Does nothing. */
        RefreshObserver NOOP = new RefreshObserver() {};

        /**
         * Credentials were fetched.
         *
         * @param source the name of the source; for a chain, that of its link
         */
        default void refreshed(String source) {}

        /**
         * No credentials were fetched. Old ones are used until they expire.
         *
         * @param failure why; names the source and quotes no secret
         */
        default void failed(Throwable failure) {}
    }

    /**
     * A finding that must not occur.
     *
     * @param kind what is wrong
     * @param what the finding in words
     */
    record Alarm(Kind kind, String what) {

        /** The kind of a finding. */
        public enum Kind {
            /** A chunk has more instances than it requested. */
            SURPLUS,
            /** The audit lists instances that no outcome reports. */
            UNREPORTED,
            /** An instance or a deal was reported for two chunks. */
            DUPLICATE
        }
    }

    /** Observes one run of a plan. */
    interface RunObserver {

        /** Does nothing. */
        RunObserver NOOP = new RunObserver() {};

        /**
         * Adds to the Reactor context of the run's requests.
         *
         * @param context the subscriber's context without Reactor's own hooks
         * @return that, with what this observer adds
         */
        default Context context(Context context) {
            return context;
        }

        /**
         * An attempt at a chunk starts.
         *
         * @param chunk the chunk
         * @param number 1 for the first attempt at the chunk in this run
         * @return observes the attempt
         */
        default AttemptObserver attempt(CloneChunk chunk, int number) {
            return AttemptObserver.NOOP;
        }

        /** The run has ended, and every chunk has its outcome. */
        default void completed() {}

        /**
         * The run has ended early; no request of it is in flight.
         *
         * @param why what stopped it, which is a {@link CallFailure}, or what it failed with
         */
        default void stopped(Throwable why) {}
    }

    /** Observes one attempt at a chunk. */
    interface AttemptObserver {

        /** Does nothing. */
        AttemptObserver NOOP = new AttemptObserver() {};

        /**
         * Adds to the Reactor context of the attempt.
         *
         * @param context the context of its run
         * @return that, with what this observer adds
         */
        default Context context(Context context) {
            return context;
        }

        /** The attempt waits for a permit. */
        default void queued() {}

        /** The attempt has its permit. */
        default void permitted() {}

        /** The request is signed, and its bytes are about to be written. */
        default void sending() {}

        /**
         * The attempt has succeeded.
         *
         * @param deal what the response contains
         */
        default void answered(Deal deal) {}

        /**
         * The attempt has failed.
         *
         * @param failure why; the effect of a {@link CallFailure} says whether the chunk is in doubt
         */
        default void failed(Throwable failure) {}
    }
}
