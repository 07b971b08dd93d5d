package io.ramet.reactor;

import io.ramet.reactor.journal.UnverifiedPlanException;

/**
 * The treatment of a plan that cannot be looked up on the server before its first request, because DescribeInstances is
 * refused, throttled, or does not respond. Without the look-up, a plan is bought again if the journal of its purchase
 * is lost or has lost its latest commits.
 */
public enum UnverifiedPlans {
    /** Nothing is sent; the run fails with {@link UnverifiedPlanException}. */
    REFUSE,
    /**
     * The plan is sent nevertheless, and a warning is logged. Meant for credentials that may buy but not list. A
     * refused chunk that may have been delivered nevertheless is not sent again.
     */
    SEND
}
