package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/**
 * A plan as the journal keeps it: without its password.
 *
 * @param id the plan id
 * @param region the region it was begun in
 * @param goodsNum instances asked for
 * @param request the request as JSON by the API's names, without its password
 * @param held whether a run of it is going on, in this process or another
 */
public record StoredPlan(PlanId id, String region, int goodsNum, String request, boolean held) {}
