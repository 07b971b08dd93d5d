package io.ramet.cli;

import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.ClaimedPlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.Refusal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UndoEntry;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A journal that opens a plan only if no other plan for the same request is in progress or has bought something;
 * otherwise it releases the plan, unsent. Two commands that are started together do not see each other in the look-up
 * before the question. Each looks up again while it holds its own plan, so at least one of them sees the other; if both
 * do, neither buys. A plan whose command is killed before that look-up has not begun, so a service that recovers
 * abandoned plans does not buy it.
 *
 * @param journal the journal that is wrapped
 * @param known plans that are ignored, because a person has agreed to buy their request again
 * @param anyBackup as for {@link EarlierPlan#find}
 */
record OneAtATime(CloneJournal journal, Set<PlanId> known, boolean anyBackup) implements CloneJournal {

    @Override
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return journal.openUnbegun(plan, region)
                .flatMap(held -> others(plan, region)
                        .next()
                        .<PlanJournal>flatMap(other -> Mono.error(new RepeatedRequestException(other)))
                        .defaultIfEmpty(held)
                        .onErrorResume(failure -> held.release().then(Mono.error(failure)))
                        .doOnCancel(() -> held.release().subscribe()));
    }

    private Flux<EarlierPlan> others(ClonePlan plan, String region) {
        return EarlierPlan.find(journal, plan.request(), Optional.of(region), anyBackup)
                .filter(other -> !other.planId().equals(plan.id()) && !known.contains(other.planId()));
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return journal.reopen(id, region);
    }

    @Override
    public Mono<PlanJournal> openToUndo(PlanId id, String region) {
        return journal.openToUndo(id, region);
    }

    @Override
    public Flux<UndoEntry> undone(PlanId id) {
        return journal.undone(id);
    }

    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return journal.claimAbandoned(region, except);
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return journal.find(id);
    }

    @Override
    public Mono<Boolean> held(PlanId id) {
        return journal.held(id);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return journal.plans();
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return journal.outcomes(id, after);
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return journal.history(id);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return journal.sending(id);
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return journal.pending(id);
    }

    @Override
    public Mono<Void> disposeLater() {
        return journal.disposeLater();
    }
}
