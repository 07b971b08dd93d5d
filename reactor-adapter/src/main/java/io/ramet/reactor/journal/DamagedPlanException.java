package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import org.jspecify.annotations.Nullable;

/**
 * The journal's entry of a plan differs from what was written, or cannot be read. Nothing is sent for this plan; other
 * plans are not affected. This is a failure of the journal, and therefore not a {@link PlanException}.
 */
public final class DamagedPlanException extends JournalException {

    private final PlanId planId;

    DamagedPlanException(PlanId planId, String what, @Nullable Throwable cause) {
        super(what, cause);
        this.planId = planId;
    }

    static DamagedPlanException unreadable(PlanId planId, Throwable cause) {
        return new DamagedPlanException(planId, "the entry of plan " + planId + " cannot be read", cause);
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }
}
