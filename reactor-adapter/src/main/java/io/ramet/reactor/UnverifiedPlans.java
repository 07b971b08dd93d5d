package io.ramet.reactor;

import io.ramet.reactor.journal.UnverifiedPlanException;

/**
 * The treatment of a plan that cannot be looked up on the server before its first request, because DescribeInstances is
 * refused, throttled, or does not respond. Without the look-up, a plan would be bought again if the journal with which
 * it was bought is lost, or has lost its latest commits.
 */
public enum UnverifiedPlans {
    /** Nothing is sent; the run fails with {@link UnverifiedPlanException}. */
    REFUSE,
    /**
     * The plan is sent all the same, and a warning is logged. For credentials that may buy but not list. A chunk that
     * was refused, and may have been delivered all the same, is not sent again.
     */
    SEND
}
