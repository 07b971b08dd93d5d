package shop;

import io.ramet.plan.ClonePlan;

/**
 * The requests that a plan would send.
 *
 * @param requested instances
 * @param calls CloneInstances calls
 * @param perCall instances in each of them except the last, which has the rest
 * @param leastSeconds the least time that the API's limit allows
 */
record PlanPreview(int requested, int calls, int perCall, double leastSeconds) {

    static PlanPreview of(ClonePlan plan) {
        return new PlanPreview(
                plan.request().goodsNum(),
                plan.size(),
                plan.chunk(0).goodsNum(),
                plan.minimumDuration().toMillis() / 1000.0);
    }
}
