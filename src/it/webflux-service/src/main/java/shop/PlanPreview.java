package shop;

import io.ramet.plan.ClonePlan;

/**
 * What a plan would do.
 *
 * @param requested instances
 * @param calls CloneInstances calls
 * @param perCall instances in each of them but the last, which has the rest
 * @param leastSeconds the time that the API's limit makes it take at the least
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
