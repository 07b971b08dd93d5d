package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/**
 * The plan has been undone, at least in part: its outcomes name instances that are isolated, so it buys nothing more.
 * Nothing was sent. It can be run again once all of its instances are restored.
 */
public final class PlanUndoneException extends PlanException {

    /**
     * Names the plan.
     *
     * @param planId the plan
     */
    public PlanUndoneException(PlanId planId) {
        super(planId, "plan " + planId + " has been undone: restore it, or use another plan id", null);
    }
}
