package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;

/** The plan id already stands for a different request, or for another region. Nothing was sent. */
public final class PlanConflictException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    /**
     * Names the plan.
     *
     * @param planId the plan id
     */
    public PlanConflictException(PlanId planId) {
        this(planId, "plan id " + planId + " already stands for a different request");
    }

    private PlanConflictException(PlanId planId, String message) {
        super(message, null);
        this.planId = planId;
    }

    /**
     * Refuses a plan in another region than its own: what was bought of it is not to be seen there.
     *
     * @param planId the plan id
     * @param begunIn the region it was begun in
     * @param region the region it is to go on in
     * @throws PlanConflictException unless the two are the same
     */
    static void unlessSameRegion(PlanId planId, String begunIn, String region) {
        if (!begunIn.equals(region)) {
            throw new PlanConflictException(
                    planId, "plan " + planId + " was begun in region " + begunIn + " and cannot go on in " + region);
        }
    }

    /** {@return the plan id} */
    public PlanId planId() {
        return planId;
    }
}
