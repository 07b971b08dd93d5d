package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;

/**
 * A plan as the journal keeps it: without its password.
 *
 * @param id the plan id
 * @param goodsNum instances asked for
 * @param request the request as JSON by the API's names, without its password
 */
public record StoredPlan(PlanId id, int goodsNum, String request) {}
