package io.ramet.reactor.journal;

/**
 * An abandoned plan that was claimed to be resumed.
 *
 * @param plan the plan
 * @param journal its journal, held until it is released
 */
public record ClaimedPlan(StoredPlan plan, PlanJournal journal) {}
