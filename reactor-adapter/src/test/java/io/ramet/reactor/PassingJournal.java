package io.ramet.reactor;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import java.time.Duration;
import java.util.BitSet;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Passes everything on, for a test to override a part. */
public class PassingJournal implements PlanJournal {

    private final PlanJournal passed;

    public PassingJournal(PlanJournal passed) {
        this.passed = passed;
    }

    @Override
    public Recovered known() {
        return passed.known();
    }

    @Override
    public Mono<Void> sending(CloneChunk chunk, long timestamp) {
        return passed.sending(chunk, timestamp);
    }

    @Override
    public Mono<Void> withdrawn(CloneChunk chunk) {
        return passed.withdrawn(chunk);
    }

    @Override
    public Mono<Void> answered(ChunkOutcome outcome) {
        return passed.answered(outcome);
    }

    @Override
    public Mono<Void> settled(ChunkOutcome outcome) {
        return passed.settled(outcome);
    }

    @Override
    public Mono<Void> reopened(CloneChunk chunk) {
        return passed.reopened(chunk);
    }

    @Override
    public Mono<BitSet> refusedWithin(Duration age) {
        return passed.refusedWithin(age);
    }

    @Override
    public Flux<PlacedOutcome> outcomes(long after) {
        return passed.outcomes(after);
    }

    @Override
    public Mono<Void> lost() {
        return passed.lost();
    }

    @Override
    public Mono<Void> release() {
        return passed.release();
    }

    @Override
    public Mono<Void> handOff() {
        return passed.handOff();
    }
}
