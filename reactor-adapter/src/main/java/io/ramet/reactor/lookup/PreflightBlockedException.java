package io.ramet.reactor.lookup;

import io.ramet.model.PreflightReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanException;

/** The checks before a purchase have found a blocker. Nothing was sent. */
public final class PreflightBlockedException extends PlanException {

    private final transient PreflightReport report;

    /**
     * Creates the failure from the findings.
     *
     * @param planId the plan
     * @param report the findings
     */
    public PreflightBlockedException(PlanId planId, PreflightReport report) {
        super(planId, "plan " + planId + " is not bought: " + report.summary(), null);
        this.report = report;
    }

    /** {@return all findings} */
    public PreflightReport report() {
        return report;
    }
}
