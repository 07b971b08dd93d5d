package io.ramet.reactor.call;

import io.ramet.outcome.ChunkOutcome;

/** The result of a settlement, as the journal has recorded it. */
public sealed interface Settled {

    /** The chunk has its outcome. */
    record Outcome(ChunkOutcome outcome) implements Settled {}

    /** The chunk was certainly never executed. */
    record MayBeSentAgain() implements Settled {}
}
