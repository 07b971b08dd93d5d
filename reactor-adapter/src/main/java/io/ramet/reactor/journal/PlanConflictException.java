package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;

/** The plan id already stands for a different request. Nothing was sent. */
public final class PlanConflictException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    /**
     * Names the plan.
     *
     * @param planId the plan id
     */
    public PlanConflictException(PlanId planId) {
        super("plan id " + planId + " already stands for a different request", null);
        this.planId = planId;
    }

    /** {@return the plan id} */
    public PlanId planId() {
        return planId;
    }
}
