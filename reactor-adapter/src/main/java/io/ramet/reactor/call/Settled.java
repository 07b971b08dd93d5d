package io.ramet.reactor.call;

import io.ramet.outcome.ChunkOutcome;

/** The result of a settlement, as the journal has recorded it. */
public sealed interface Settled {

    /** The chunk has its final outcome. */
    record Outcome(ChunkOutcome outcome) implements Settled {}

    /** The chunk was certainly never executed, so it may be sent again. */
    record MayBeSentAgain() implements Settled {}
}
