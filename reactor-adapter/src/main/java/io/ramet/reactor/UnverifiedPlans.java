package io.ramet.reactor;

import io.ramet.reactor.journal.UnverifiedPlanException;

/**
 * What becomes of a plan if it cannot be looked up on the server before its first request: DescribeInstances is refused,
 * throttled, or does not respond. Without the look-up, a plan that was bought with a journal that has been lost, or has lost its
 * latest commits, would be bought again.
 */
public enum UnverifiedPlans {
    /** Nothing is sent; the run fails with {@link UnverifiedPlanException}. */
    REFUSE,
    /** The plan is sent all the same, and a warning is logged. For credentials that may buy but not list. */
    SEND
}
