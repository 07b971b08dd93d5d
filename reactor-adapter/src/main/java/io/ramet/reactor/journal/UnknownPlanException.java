package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;

/** The journal knows no such plan. */
public final class UnknownPlanException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    /**
     * Names the plan.
     *
     * @param planId the plan id that is not known
     */
    public UnknownPlanException(PlanId planId) {
        super("the journal knows no plan " + planId, null);
        this.planId = planId;
    }

    /** {@return the plan id that is not known} */
    public PlanId planId() {
        return planId;
    }
}
