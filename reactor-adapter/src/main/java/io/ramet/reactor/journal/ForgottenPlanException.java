package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import java.util.List;

/**
 * The plan was run before, but the journal does not know it: the plan was bought with another journal, the journal was
 * lost, or a journal in memory has dropped the plan. Nothing was sent. Restore the journal, or buy again with another
 * plan id.
 */
public final class ForgottenPlanException extends PlanException {

    /** The maximum number of instances that are named. */
    public static final int MOST = 1_000;

    private final List<String> instanceIds;

    /**
     * Names the plan and the instances that exist of it.
     *
     * @param planId the plan
     * @param instanceIds its instances, or some of them; at least one
     */
    public ForgottenPlanException(PlanId planId, List<String> instanceIds) {
        super(
                planId,
                "the journal knows nothing of plan " + planId + ", but instances of it exist, such as "
                        + instanceIds.get(0),
                null);
        this.instanceIds = List.copyOf(instanceIds);
    }

    /** The plan has ended, and a journal in memory has dropped its outcomes to make room. */
    ForgottenPlanException(PlanId planId) {
        super(
                planId,
                "plan " + planId
                        + " has ended, and the journal in memory no longer keeps its outcomes; it is not bought"
                        + " again. A journal in a database keeps them",
                null);
        this.instanceIds = List.of();
    }

    /** {@return its instances, at most {@link #MOST} of them; none if a journal in memory has dropped the plan} */
    public List<String> instanceIds() {
        return instanceIds;
    }
}
