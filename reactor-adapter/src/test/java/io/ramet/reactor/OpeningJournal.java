package io.ramet.reactor;

import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.ClaimedPlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.Refusal;
import io.ramet.reactor.journal.StoredPlan;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A journal that opens plans as a test says, and passes everything else on. */
record OpeningJournal(CloneJournal passed, Function<ClonePlan, Mono<PlanJournal>> opening) implements CloneJournal {

    OpeningJournal(Function<ClonePlan, Mono<PlanJournal>> opening) {
        this(CloneJournal.inMemory(), opening);
    }

    @Override
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return opening.apply(plan);
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return passed.reopen(id, region);
    }

    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return passed.claimAbandoned(region, except);
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return passed.find(id);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return passed.plans();
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return passed.outcomes(id, after);
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return passed.history(id);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return passed.sending(id);
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return passed.pending(id);
    }

    @Override
    public Mono<Void> close() {
        return passed.close();
    }
}
