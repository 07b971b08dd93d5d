package io.ramet.benchmarks.compare;

import io.ramet.plan.ClonePlan;

/** A way of making the calls of a plan. All get the same plan, cut in the same way; each does the rest as its users would. */
interface Competitor extends AutoCloseable {

    /**
     * Makes the calls of a plan, and returns when it has heard all that it will hear.
     *
     * @param plan the plan
     * @param told is told what a caller learns
     */
    void buy(ClonePlan plan, CallerView told);

    @Override
    void close();
}
