package io.ramet.reactor.journal;

/**
 * An abandoned plan that was claimed in order to resume it.
 *
 * @param plan the plan
 * @param journal its journal, held until it is released
 */
public record ClaimedPlan(StoredPlan plan, PlanJournal journal) {}
