package io.ramet.reactor.journal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The entry of one instance that is being isolated, or started again. A new entry replaces the one before.
 *
 * @param instanceId the instance
 * @param step how far it is
 * @param reference the task or the order in the API's response; empty if there is none
 * @param age how long ago it was written when it was read, by the journal's clock; null before it is written
 */
public record UndoEntry(
        String instanceId,
        Step step,
        String reference,
        @Nullable Duration age) {

    /** How far the isolation of an instance, or its start, is. */
    public enum Step {
        /** The request to isolate it is about to be sent, or was sent without a response that can be trusted. */
        ISOLATING,
        /** The API has accepted to isolate it. */
        ISOLATED,
        /** The API has refused to isolate it. */
        REFUSED,
        /** The request to start it is about to be sent, or was sent without a response that can be trusted. */
        RESTORING,
        /** The API has accepted to start it. */
        RESTORED
    }

    /**
     * An entry to be written.
     *
     * @param instanceId the instance
     * @param step how far it is
     * @param reference the task or the order in the API's response; may be empty
     */
    public UndoEntry(String instanceId, Step step, String reference) {
        this(instanceId, step, reference, null);
    }

    /** {@return whether the instance may be isolated} */
    public boolean isUndone() {
        return step == Step.ISOLATING || step == Step.ISOLATED || step == Step.RESTORING;
    }
}
