package io.ramet.benchmarks.compare;

import io.ramet.plan.ClonePlan;

/**
 * A client that buys plans. All receive the same plan, split in the same way; each does the rest as its users would.
 */
interface Competitor extends AutoCloseable {

    /**
     * Sends the requests of a plan, and returns when no further response can come.
     *
     * @param plan the plan
     * @param view receives what a caller learns
     */
    void buy(ClonePlan plan, CallerView view);

    @Override
    void close();
}
