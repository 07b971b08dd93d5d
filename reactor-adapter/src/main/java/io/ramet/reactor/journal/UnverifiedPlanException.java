package io.ramet.reactor.journal;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.plan.PlanId;

/**
 * The plan could not be looked up on the server, so instances of it may exist that the journal does not know. Nothing
 * was sent. The cause says why the look-up failed; there is none if the look-up succeeded but does not show the plan's
 * source either.
 */
public final class UnverifiedPlanException extends PlanException {

    /**
     * Names the plan and says why it could not be looked up.
     *
     * @param planId the plan
     * @param cause why the look-up failed
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
     * The look-up has shown no instance of the plan, and does not show the plan's source either, so it proves nothing.
     *
     * @param planId the plan
     * @param instanceId the source
     * @return the failure, without a cause
     */
    public static UnverifiedPlanException unseen(PlanId planId, String instanceId) {
        return new UnverifiedPlanException(
                planId,
                "DescribeInstances does not show its source " + instanceId
                        + ", so that it shows no instance of the plan proves nothing. The credentials must be of the source's account, "
                        + "the region and the endpoint those of the source, and no policy may hide it; or build the client with "
                        + "unverifiedPlans(SEND)");
    }

    private static String remedy(Throwable cause) {
        boolean forbidden =
                cause instanceof ApiRefusal refusal && refusal.code().kind() == Kind.ACCESS;
        return (forbidden ? "; the credentials need the permission redis:DescribeInstances" : "; try again")
                + ", or build the client with unverifiedPlans(SEND)";
    }
}
