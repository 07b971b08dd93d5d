package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/** The journal knows no such plan. */
public final class UnknownPlanException extends PlanException {

    /**
     * Names the plan.
     *
     * @param planId the plan id that is not known
     */
    public UnknownPlanException(PlanId planId) {
        super(planId, "the journal knows no plan " + planId, null);
    }
}
