package io.ramet.reactor.journal;

import io.ramet.outcome.ChunkOutcome.NotCloned;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A refusal in the history of a plan: why and when a chunk was not cloned, and whether it was reopened.
 *
 * @param outcome the chunk, and why it was not cloned
 * @param settledAt when the refusal was written, or null if an older version of this library wrote it
 * @param reopenedAt when the chunk was reopened so that it can be sent again, or null if the refusal is still its
 *     outcome
 */
public record Refusal(
        NotCloned outcome,
        @Nullable Instant settledAt,
        @Nullable Instant reopenedAt) {}
