package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/** A plan in the journal has a password, which no journal keeps, and none was provided. Nothing was sent. */
public final class PlanPasswordException extends PlanException {

    /**
     * Names the plan.
     *
     * @param planId the plan
     * @param why why there is no password
     */
    public PlanPasswordException(PlanId planId, String why) {
        super(planId, "password (none): " + why, null);
    }
}
