package io.ramet.outcome;

import io.ramet.error.RametException;

/**
 * A plan ended without every requested instance. The message ends with the first reason, because the trace of the cause
 * is often not logged; the report says what was bought.
 */
public final class PlanIncompleteException extends RametException {

    private final transient CloneReport report;

    /**
     * Carries the report of an incomplete plan.
     *
     * @param report the report
     */
    public PlanIncompleteException(CloneReport report) {
        super(
                report.summary()
                        + report.firstReason()
                                .map(reason -> "; first reason: " + reason.getMessage())
                                .orElse(""),
                report.reason());
        this.report = report;
    }

    /** {@return the report: what was bought, what was not, and what is in doubt} */
    public CloneReport report() {
        return report;
    }
}
