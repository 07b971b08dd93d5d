package io.ramet.reactor.journal;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.RunFailure;
import io.ramet.plan.PlanId;

/**
 * The plan could not be looked up on the server, so it is not known whether instances of it exist that the journal has no record of.
 * Nothing was sent. The cause says why the look-up failed.
 */
public final class UnverifiedPlanException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final transient PlanId planId;

    /**
     * Names the plan and says why it could not be looked up.
     *
     * @param planId the plan
     * @param cause why the look-up failed
     */
    public UnverifiedPlanException(PlanId planId, Throwable cause) {
        super(
                "plan " + planId + " was not sent, because it could not be looked up on the server: "
                        + cause.getMessage() + remedy(cause),
                cause);
        this.planId = planId;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }

    private static String remedy(Throwable cause) {
        boolean forbidden =
                cause instanceof ApiRefusal refusal && refusal.code().kind() == Kind.ACCESS;
        return (forbidden ? "; the credentials need the permission redis:DescribeInstances" : "; try again")
                + ", or build the client with unverifiedPlans(SEND)";
    }
}
