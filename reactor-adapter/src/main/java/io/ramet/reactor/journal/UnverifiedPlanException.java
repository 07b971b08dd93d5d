package io.ramet.reactor.journal;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.plan.PlanId;

/**
 * The plan could not be looked up on the server, so instances of it may exist that the journal does not know. Nothing
 * was sent. The cause is the failure of the look-up; there is none if the look-up succeeded but did not show the plan's
 * source.
 */
public final class UnverifiedPlanException extends PlanException {

    /**
     * Names the plan and says why it could not be looked up.
     *
     * @param planId the plan
     * @param cause the failure of the look-up
     */
    public UnverifiedPlanException(PlanId planId, Throwable cause) {
        super(
                planId,
                "plan " + planId + " was not sent, because it could not be looked up on the server: "
                        + cause.getMessage() + remedy(cause),
                cause);
    }

    private UnverifiedPlanException(PlanId planId, String why) {
        super(planId, "plan " + planId + " was not sent: " + why, null);
    }

    /**
     * Creates the failure for a look-up that shows neither an instance of the plan nor the plan's source, and so proves
     * nothing.
     *
     * @param planId the plan
     * @param instanceId the source
     * @return the failure, without a cause
     */
    public static UnverifiedPlanException unseen(PlanId planId, String instanceId) {
        return new UnverifiedPlanException(
                planId,
                "DescribeInstances does not show its source " + instanceId
                        + ", so the absence of the plan's instances proves nothing. The credentials must belong to the source's "
                        + "account, the region and the endpoint must be those of the source, and no policy may hide it; or "
                        + "build the client with unverifiedPlans(SEND)");
    }

    private static String remedy(Throwable cause) {
        if (cause instanceof ApiRefusal refused && refused.code().refusesCredentials()) {
            return "; the server refuses the credentials: correct them, and run the plan again";
        }
        boolean forbidden =
                cause instanceof ApiRefusal refusal && refusal.code().kind() == Kind.ACCESS;
        return (forbidden ? "; the credentials need the permission redis:DescribeInstances" : "; try again")
                + ", or build the client with unverifiedPlans(SEND)";
    }
}
