package io.ramet.reactor.call;

import io.ramet.outcome.ChunkOutcome;

/** What became of a chunk that was sent, as the journal has recorded it. */
public sealed interface Settled {

    /** The chunk has its outcome. */
    record Outcome(ChunkOutcome outcome) implements Settled {}

    /** The chunk was certainly never executed. */
    record MayBeSentAgain() implements Settled {}
}
