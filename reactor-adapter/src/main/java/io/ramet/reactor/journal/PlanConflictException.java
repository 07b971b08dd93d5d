package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/** The plan id already belongs to a different request or region. Nothing was sent. */
public final class PlanConflictException extends PlanException {

    /**
     * Names the plan whose id belongs to a different request.
     *
     * @param planId the plan id
     */
    public PlanConflictException(PlanId planId) {
        this(planId, "plan id " + planId + " already belongs to a different request");
    }

    private PlanConflictException(PlanId planId, String message) {
        super(planId, message, null);
    }

    /** Instances of one region are not visible in another. */
    static void unlessSameRegion(PlanId planId, String begunIn, String region) {
        if (!begunIn.equals(region)) {
            throw new PlanConflictException(
                    planId,
                    "plan " + planId + " was begun in region " + begunIn + " and cannot be resumed in " + region);
        }
    }
}
