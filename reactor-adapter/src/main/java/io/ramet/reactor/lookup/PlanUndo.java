package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.model.UndoOutcome;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.Lookups;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UndoEntry;
import io.ramet.reactor.lookup.UndoRefusedException.Reason;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Isolates the instances that a plan has bought, and starts them again. No other class does this. The journal names the
 * instances. Two processes cannot undo a plan at the same time, because each claims it first.
 */
public final class PlanUndo {

    private static final Logger log = LoggerFactory.getLogger(PlanUndo.class);

    private static final int AT_ONCE = 8;

    private final CallResources resources;
    private final CloneJournal journal;
    private final ObservedOperations operations;
    private final ReadActions reads;
    private final ChangeActions changes;

    public PlanUndo(CallResources resources, CloneJournal journal) {
        Lookups lookups = resources.finder().lookups();
        this.resources = resources;
        this.journal = journal;
        this.operations = new ObservedOperations(resources, journal);
        this.reads = new ReadActions(lookups);
        this.changes = new ChangeActions(lookups, resources.timer());
    }

    /** {@return the outcome for each instance} */
    public Flux<UndoOutcome> undo(PlanId id, UndoConfirmation confirmation) {
        requireNonNull(id, "id");
        requireNonNull(confirmation, "confirmation");
        return operations.observed("undo", operations.stored(id).flatMapMany(plan -> {
            InvalidValueException.unless(
                    confirmation.planId().equals(id), "confirmation", confirmation.planId(), "must be for plan " + id);
            // Checked before the claim as well, because the claim ends the plan's run.
            return confirmed(plan, confirmation)
                    .thenMany(claimed(
                            plan,
                            open -> confirmed(plan, confirmation)
                                    .doOnNext(bought ->
                                            log.warn("plan {}: isolating its instances ({})", id, bought.size()))
                                    .flatMapMany(bought -> each(
                                            id,
                                            open,
                                            bought,
                                            instance -> instance.isolate(confirmation.alsoPrepaid())))));
        }));
    }

    /** {@return the outcome for each instance} */
    public Flux<UndoOutcome> restore(PlanId id) {
        requireNonNull(id, "id");
        return operations.observed(
                "restore",
                operations
                        .stored(id)
                        .flatMapMany(plan -> claimed(
                                plan,
                                open -> bought(id)
                                        .doOnNext(bought -> log.warn("plan {}: starting its instances again", id))
                                        .flatMapMany(bought -> each(id, open, bought, InstanceUndo::start)))));
    }

    /** {@return what the plan has bought; fails unless it matches the confirmation} */
    private Mono<List<PurchasedInstance>> confirmed(StoredPlan plan, UndoConfirmation confirmation) {
        return bought(plan.id())
                .delayUntil(bought -> journal.sending(plan.id())
                        .count()
                        .doOnNext(unsettled -> confirm(plan, confirmation, bought.size(), unsettled)));
    }

    private static void confirm(StoredPlan plan, UndoConfirmation confirmation, int bought, long unsettled) {
        if (unsettled > 0) {
            throw new UndoRefusedException(
                    plan.id(), Reason.UNSETTLED, bought, "chunks that were sent and have no outcome yet: " + unsettled);
        }
        if (bought != confirmation.instances()) {
            String what = "number of instances bought: " + bought + ", confirmed: " + confirmation.instances();
            throw new UndoRefusedException(plan.id(), Reason.WRONG_NUMBER, bought, what);
        }
        if (plan.isPrepaid() && !confirmation.alsoPrepaid()) {
            String what = "it has bought prepaid instances, and their return was not confirmed";
            throw new UndoRefusedException(plan.id(), Reason.PREPAID, bought, what);
        }
    }

    private Mono<List<PurchasedInstance>> bought(PlanId id) {
        return journal.outcomes(id, 0)
                .concatMapIterable(placed -> PurchasedInstance.of(placed).toList(), 1)
                .collectList();
    }

    private Flux<UndoOutcome> claimed(StoredPlan plan, Function<PlanJournal, Flux<UndoOutcome>> work) {
        return Flux.usingWhen(
                journal.openToUndo(plan.id(), resources.region()),
                open -> work.apply(open).takeUntilOther(open.lost()),
                PlanJournal::release);
    }

    private Flux<UndoOutcome> each(
            PlanId id,
            PlanJournal open,
            List<PurchasedInstance> bought,
            Function<InstanceUndo, Mono<UndoOutcome>> change) {
        return journal.undone(id)
                .collectMap(UndoEntry::instanceId)
                .flatMapMany(entries -> Flux.fromIterable(bought)
                        .buffer(ReadActions.MAX_IDS)
                        .concatMap(some -> listed(some, open, entries::get).flatMap(change, AT_ONCE), 1))
                .doOnNext(outcome -> {
                    log.info("plan {}: {}", id, outcome);
                    resources.observer().undone(id, outcome);
                });
    }

    private Flux<InstanceUndo> listed(
            List<PurchasedInstance> some, PlanJournal open, Function<String, UndoEntry> entries) {
        return reads.instances(some.stream().map(PurchasedInstance::id).toList())
                .flatMapIterable(listed -> some.stream()
                        .map(bought -> new InstanceUndo(
                                resources,
                                reads,
                                changes,
                                open,
                                new UndoRule(
                                        bought,
                                        listed.get(bought.id()),
                                        entries.apply(bought.id()),
                                        resources.visibilityLag())))
                        .toList());
    }
}
