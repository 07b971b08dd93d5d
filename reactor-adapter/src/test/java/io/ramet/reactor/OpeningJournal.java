package io.ramet.reactor;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.StoredPlan;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A journal that opens plans as a test says, and can do nothing else. */
record OpeningJournal(Function<ClonePlan, Mono<PlanJournal>> opening) implements CloneJournal {

    @Override
    public Mono<PlanJournal> open(ClonePlan plan) {
        return opening.apply(plan);
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id) {
        return Mono.error(new UnsupportedOperationException());
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return Mono.empty();
    }

    @Override
    public Flux<StoredPlan> plans() {
        return Flux.empty();
    }

    @Override
    public Flux<ChunkOutcome> outcomes(PlanId id) {
        return Flux.empty();
    }

    @Override
    public Mono<Void> close() {
        return Mono.empty();
    }
}
