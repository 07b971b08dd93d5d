package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/** What the journal holds of a plan has been changed since it was written. Nothing is sent for the plan; others go on. */
public final class DamagedPlanException extends JournalException {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    DamagedPlanException(PlanId planId, String what) {
        super(what, null);
        this.planId = planId;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }
}
