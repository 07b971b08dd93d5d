package io.ramet.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The findings of the checks before a purchase. They promise nothing: stock, quota and balance may change in the next
 * second.
 *
 * @param findings one for each check that applies to the request
 */
public record PreflightReport(List<Finding> findings) {

    /** Keeps its own copy. */
    public PreflightReport {
        findings = List.copyOf(findings);
    }

    /** The subject of a check. */
    public enum Check {
        /** Which account would pay. */
        ACCOUNT,
        /** The source exists, runs, and is of a type that can be cloned. */
        SOURCE,
        /** The backup exists and can be cloned until the purchase is over. */
        BACKUP,
        /** The API's default quota of pay-as-you-go instances in the region. */
        QUOTA,
        /** The zone and the type are sold. */
        STOCK,
        /** The price is known. */
        PRICE,
        /** The balance covers the price. */
        BALANCE,
        /** The subnet exists and has enough addresses, also for the other plans that run. */
        SUBNET,
        /** The security groups exist. */
        SECURITY_GROUPS,
        /** The parameter template exists. */
        TEMPLATE,
        /** The clock of this machine agrees with the server's. */
        CLOCK,
        /** The journal can be read, and does not speak against the plan. */
        JOURNAL
    }

    /** The level of a finding. */
    public enum Level {
        /** Nothing speaks against it. */
        OK,
        /** Something may go wrong. */
        WARNING,
        /** The purchase would be refused, or would buy what is not wanted. */
        BLOCKER,
        /** It could not be checked. */
        UNKNOWN
    }

    /**
     * The result of a check.
     *
     * @param check what was checked
     * @param level how serious it is
     * @param text the reason, in words
     * @param permission the CAM action that the check needs and that is not permitted, such as {@code
     *     redis:DescribeInstances}; empty if none is missing
     */
    public record Finding(Check check, Level level, String text, String permission) {}

    /** {@return whether the purchase would be refused, or would buy what is not wanted} */
    public boolean hasBlocker() {
        return findings.stream().anyMatch(finding -> finding.level() == Level.BLOCKER);
    }

    /** {@return the findings that are not OK, in one line for people; "no objections" if all are} */
    public String summary() {
        String objections = findings.stream()
                .filter(finding -> finding.level() != Level.OK)
                .map(finding -> finding.level().name().toLowerCase(Locale.ROOT) + " "
                        + finding.check().name().toLowerCase(Locale.ROOT) + ": " + finding.text())
                .collect(Collectors.joining("; "));
        return objections.isEmpty() ? "no objections" : objections;
    }
}
