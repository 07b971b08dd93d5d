package io.ramet.reactor.journal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The entry of one instance that is being isolated, or started again. A new entry replaces the previous one.
 *
 * @param instanceId the instance
 * @param step its progress
 * @param reference the task or order in the API's response, or the reason of a refusal; empty if there is none
 * @param age the time from its writing to its reading, by the journal's clock; null before it is written
 */
public record UndoEntry(
        String instanceId,
        Step step,
        String reference,
        @Nullable Duration age) {

    /** The progress of the isolation of an instance, or of its start. */
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
     * Creates an entry to be written.
     *
     * @param instanceId the instance
     * @param step its progress
     * @param reference the task or order in the API's response, or the reason of a refusal; may be empty
     */
    public UndoEntry(String instanceId, Step step, String reference) {
        this(instanceId, step, reference, null);
    }

    /** {@return whether the instance may be isolated} */
    public boolean isUndone() {
        return step == Step.ISOLATING || step == Step.ISOLATED || step == Step.RESTORING;
    }
}
