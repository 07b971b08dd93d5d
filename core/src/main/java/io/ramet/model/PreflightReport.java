package io.ramet.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What can be known of a purchase before it is made: one finding for each check. It promises nothing: stock, quota and
 * balance may change in the next second.
 *
 * @param findings one for each check that applies to the request
 */
public record PreflightReport(List<Finding> findings) {

    /** Keeps its own copy. */
    public PreflightReport {
        findings = List.copyOf(findings);
    }

    /** What is checked. */
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
        /** The subnet exists and has addresses left, those included that other running plans need. */
        SUBNET,
        /** The security groups exist. */
        SECURITY_GROUPS,
        /** The parameter template exists. */
        TEMPLATE,
        /** The clock of this machine agrees with the server's. */
        CLOCK,
        /** The journal can be read, and what it knows of the plan. */
        JOURNAL
    }

    /** What a check says of the purchase. */
    public enum Level {
        /** Nothing speaks against it. */
        OK,
        /** Something may go wrong. */
        WARNING,
        /** It would be refused, or buy what is not wanted. */
        BLOCKER,
        /** It could not be checked. */
        UNKNOWN
    }

    /**
     * The result of a check.
     *
     * @param check what was checked
     * @param level what it says
     * @param text why, in words
     * @param permission the CAM action that is missing to check it, such as {@code redis:DescribeInstances}; empty if none is
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
