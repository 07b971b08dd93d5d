package io.ramet.reactor.journal;

import io.ramet.outcome.ChunkOutcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An outcome and its place in the order in which the outcomes of a plan were settled. A reader resumes after the last
 * place that it has seen. Places increase and may have gaps, because the outcome of a chunk that was {@linkplain
 * PlanJournal#reopened reopened} is removed.
 *
 * @param place the place, 1 or more
 * @param outcome the outcome
 * @param sentAt when the last request of the chunk was signed, or null if the journal does not know that
 */
public record PlacedOutcome(
        long place, ChunkOutcome outcome, @Nullable Instant sentAt) {

    /** Without the time of the request. */
    public PlacedOutcome(long place, ChunkOutcome outcome) {
        this(place, outcome, null);
    }
}
