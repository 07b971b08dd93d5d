package io.ramet.reactor.journal;

import io.ramet.outcome.ChunkOutcome;

/**
 * An outcome and its place in the order in which the outcomes of a plan were settled. A reader resumes after the last
 * place that it has seen. Places grow, and may have gaps, because the outcome of a chunk that was {@linkplain
 * PlanJournal#reopened reopened} is no longer there.
 *
 * @param place its place, 1 or more
 * @param outcome the outcome
 */
public record PlacedOutcome(long place, ChunkOutcome outcome) {}
