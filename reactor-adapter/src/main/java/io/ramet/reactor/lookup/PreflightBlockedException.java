package io.ramet.reactor.lookup;

import io.ramet.error.RunFailure;
import io.ramet.model.PreflightReport;
import io.ramet.plan.PlanId;

/** The checks before a purchase have found a blocker. Nothing was sent. */
public final class PreflightBlockedException extends RunFailure {

    private final transient PlanId planId;
    private final transient PreflightReport report;

    /**
     * Creates the failure from the findings.
     *
     * @param planId the plan
     * @param report the findings
     */
    public PreflightBlockedException(PlanId planId, PreflightReport report) {
        super("plan " + planId + " is not bought: " + report.summary(), null);
        this.planId = planId;
        this.report = report;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }

    /** {@return all findings} */
    public PreflightReport report() {
        return report;
    }
}
