package io.ramet.reactor.journal;

/**
 * A plan that somebody else began and did not finish, taken up to go on with it.
 *
 * @param plan the plan
 * @param journal its journal, held until released
 */
public record ClaimedPlan(StoredPlan plan, PlanJournal journal) {}
