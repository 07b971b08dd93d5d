package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;
import java.util.List;

/**
 * Instances of the plan exist, and the journal knows nothing of it: it is not the journal that the plan was bought with, or that
 * one is lost. Nothing was sent. Bring the journal back, or choose another plan id to buy again.
 */
public final class ForgottenPlanException extends RunFailure {

    private static final long serialVersionUID = 1L;

    /** How many instances are named. */
    public static final int MOST = 1_000;

    private final transient PlanId planId;
    private final transient List<String> instanceIds;

    /**
     * Names the plan and what exists of it.
     *
     * @param planId the plan
     * @param instanceIds its instances, or some of them
     */
    public ForgottenPlanException(PlanId planId, List<String> instanceIds) {
        super(
                "the journal knows nothing of plan " + planId + ", but instances of it exist, such as "
                        + instanceIds.get(0),
                null);
        this.planId = planId;
        this.instanceIds = List.copyOf(instanceIds);
    }

    /** A plan that has ended, and whose outcomes a journal in memory has dropped for room. */
    ForgottenPlanException(PlanId planId) {
        super(
                "plan " + planId
                        + " has ended, and the journal in memory no longer keeps its outcomes; it is not bought"
                        + " again. A journal in a database keeps them",
                null);
        this.planId = planId;
        this.instanceIds = List.of();
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }

    /** {@return its instances, at most {@link #MOST} of them; none if a journal in memory has dropped them} */
    public List<String> instanceIds() {
        return instanceIds;
    }
}
