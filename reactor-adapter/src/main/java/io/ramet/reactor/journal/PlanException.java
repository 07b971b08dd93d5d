package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;
import org.jspecify.annotations.Nullable;

/** A plan cannot be run as requested. Nothing was sent. */
public abstract class PlanException extends RunFailure {

    private final PlanId planId;

    /**
     * For subclasses.
     *
     * @param planId the plan
     * @param message what happened, in words
     * @param cause the cause, or null
     */
    protected PlanException(PlanId planId, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.planId = planId;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }
}
