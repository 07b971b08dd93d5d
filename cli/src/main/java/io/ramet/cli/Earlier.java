package io.ramet.cli;

import io.ramet.outcome.CloneReport;

/**
 * A plan in the journal for the same request as one that is about to be bought.
 *
 * @param report what is known of it
 * @param held whether a run of it is going on
 */
record Earlier(CloneReport report, boolean held) {

    /** {@return whether money was spent on it, or may have been, or is being spent now} */
    boolean mayHaveBought() {
        return held || report.deals() > 0 || report.inDoubt() > 0;
    }

    /** {@return it in words for the person who is about to buy the same again} */
    String words() {
        return (held ? "The same request is being bought now: " : "The same request was bought before: ")
                + report.summary();
    }
}
