package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import org.jspecify.annotations.Nullable;

/** What the journal holds of a plan is not what was written, or cannot be read. Nothing is sent for it; others go on. */
public final class DamagedPlanException extends JournalException {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    DamagedPlanException(PlanId planId, String what, @Nullable Throwable cause) {
        super(what, cause);
        this.planId = planId;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }
}
