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
 * Observes a client, for progress, traces, metrics and health. Every method has a default that does nothing.
 *
 * <p>The methods of this interface are events of a chunk or a plan. {@link #running} returns an observer of one run of
 * a plan from start to finish, and of each attempt in it.
 *
 * <p>Methods are called on the client's own threads: for one attempt one after the other, for different chunks
 * concurrently. They must be quick and must not block. Exceptions that they throw are logged and otherwise ignored.
 *
 * <p>{@link Micrometer} creates observers for the registries of Micrometer.
 */
public interface CloneObserver {

    /** Does nothing. */
    CloneObserver NOOP = new CloneObserver() {};

    /**
     * A run of a plan starts, because a plan that was not running was subscribed to.
     *
     * @param plan the plan
     * @param region the client's region
     * @param subscriber the Reactor context of the subscriber, on whose thread this method is called
     * @return the observer of the run
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
     * @param pause the time before it queues for its next permit
     */
    default void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {}

    /**
     * The instances of a chunk are being looked up, because there is no response that can be trusted, or because the
     * response named fewer instances than were bought.
     *
     * @param chunk the chunk
     */
    default void reconciling(CloneChunk chunk) {}

    /**
     * A chunk has its outcome.
     *
     * @param outcome the outcome, which is durable
     */
    default void settled(ChunkOutcome outcome) {}

    /**
     * The server has throttled a request although this client kept the limit: another client uses the same limit, or
     * the server is stricter. All requests that share the shaper are paused, and then paced for a while.
     *
     * @param chunk the chunk whose request was throttled; it had no effect and is sent again
     * @param pause the time during which no request is sent
     */
    default void throttled(CloneChunk chunk, Duration pause) {}

    /**
     * Instances exist that were not requested, or responses contradict each other. The plan sends nothing more. Check
     * the account before you buy again.
     *
     * @param plan the plan
     * @param alarm the finding
     */
    default void alarm(PlanId plan, Alarm alarm) {}

    /**
     * The audit at the end of a plan's run has ended, with or without a listing. A surplus raises the {@link #alarm} as
     * well.
     *
     * @param plan the plan
     * @param audit the result of the audit
     */
    default void audited(PlanId plan, PlanAudit audit) {}

    /**
     * An operation other than a purchase starts: a look-up, an undo, or a restore.
     *
     * @param operation the name of its method, such as {@code awaitRunning}
     * @param subscriber the Reactor context of the subscriber, on whose thread this method is called
     * @return the observer of the operation
     */
    default OperationObserver operating(String operation, ContextView subscriber) {
        return OperationObserver.NOOP;
    }

    /**
     * The wait for an instance is over, because it is running, it has failed, or the deadline has passed.
     *
     * @param state the instance
     */
    default void awaited(InstanceState state) {}

    /**
     * An undo or a restore has an outcome for an instance.
     *
     * @param plan the plan
     * @param outcome the outcome for the instance
     */
    default void undone(PlanId plan, UndoOutcome outcome) {}

    /**
     * Credentials are being fetched from their source. Called only by {@link
     * io.ramet.reactor.credentials.RefreshingCredentials} that were built with this observer.
     *
     * @param source the name of the source
     * @return the observer of the fetch
     */
    default RefreshObserver refreshing(String source) {
        return RefreshObserver.NOOP;
    }

    /** Observes one operation other than a purchase. */
    interface OperationObserver {

        /** Does nothing. */
        OperationObserver NOOP = new OperationObserver() {};

        /** The operation has completed. */
        default void completed() {}

        /**
         * The operation has failed.
         *
         * @param failure the failure
         */
        default void failed(Throwable failure) {}

        /** The subscriber has cancelled the operation. */
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
         * @param failure the failure; its message names the source and quotes no secret
         */
        default void failed(Throwable failure) {}
    }

    /**
     * A finding that must not occur.
     *
     * @param kind the kind of the finding
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
         * @param context the subscriber's context without the entries of Reactor's operators
         * @return the context with the additions of this observer
         */
        default Context context(Context context) {
            return context;
        }

        /**
         * An attempt at a chunk starts.
         *
         * @param chunk the chunk
         * @param number 1 for the first attempt at the chunk in this run
         * @return the observer of the attempt
         */
        default AttemptObserver attempt(CloneChunk chunk, int number) {
            return AttemptObserver.NOOP;
        }

        /** The run has ended, and every chunk has its outcome. */
        default void completed() {}

        /**
         * The run has ended early; no request of it is in flight.
         *
         * @param why a {@link CallFailure} if the sending was stopped; otherwise the failure of the run
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
         * @return the context with the additions of this observer
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
         * @param deal the content of the response
         */
        default void responded(Deal deal) {}

        /**
         * The attempt has failed.
         *
         * @param failure the failure; the effect of a {@link CallFailure} says whether the chunk is in doubt
         */
        default void failed(Throwable failure) {}
    }
}
