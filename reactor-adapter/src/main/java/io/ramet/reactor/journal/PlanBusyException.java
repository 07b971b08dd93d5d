package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;

/** Another process holds the plan. It is being bought there; nothing was sent here. */
public final class PlanBusyException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    /**
     * Names the plan and its owner.
     *
     * @param planId the plan
     * @param owner who holds it
     */
    public PlanBusyException(PlanId planId, String owner) {
        super("plan " + planId + " is held by " + owner, null);
        this.planId = planId;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }
}
