package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/** Another run, in this process or another one, holds the plan. Nothing was sent. */
public final class PlanBusyException extends PlanException {

    /**
     * Names the plan and its owner.
     *
     * @param planId the plan
     * @param owner the process that holds it, or another run
     */
    public PlanBusyException(PlanId planId, String owner) {
        super(planId, "plan " + planId + " is held by " + owner, null);
    }
}
