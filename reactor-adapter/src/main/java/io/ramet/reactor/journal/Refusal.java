package io.ramet.reactor.journal;

import io.ramet.outcome.ChunkOutcome.NotCloned;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A refusal in the history of a plan: why a chunk was not cloned, when, and since when it may be sent again.
 *
 * @param outcome the chunk, and why it was not cloned
 * @param settledAt when that was written down, or null if an older version of this library wrote it
 * @param reopenedAt since when the chunk may be sent again, or null if the refusal is still its outcome
 */
public record Refusal(
        NotCloned outcome,
        @Nullable Instant settledAt,
        @Nullable Instant reopenedAt) {}
