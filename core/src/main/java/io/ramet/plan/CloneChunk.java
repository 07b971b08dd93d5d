package io.ramet.plan;

/**
 * One CloneInstances request of a plan.
 *
 * @param planId the plan it belongs to
 * @param index its position in the plan, from 0
 * @param goodsNum the number of instances it buys, within the limit of its {@link io.ramet.model.BillingMode}
 * @param mark the end of its instances' names
 * @param instanceName the whole name of its instances, mark included; at most 59 characters
 */
public record CloneChunk(PlanId planId, int index, int goodsNum, Mark mark, String instanceName) {}
