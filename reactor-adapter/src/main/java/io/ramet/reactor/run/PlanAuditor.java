package io.ramet.reactor.run;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.PlanListing;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneObserver.Alarm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lists all instances that bear a plan's marks, and compares them with the outcomes in its journal. A response cannot
 * show that a proxy sent a request twice, or that a run has forgotten one; the listing can.
 *
 * <p>A listing may lag, so it raises no alarm if it shows fewer instances than were reported. It is repeated until it
 * shows all of them or the time is up.
 */
public record PlanAuditor(CallResources resources, ClonePlan plan, PlanJournal journal) {

    private static final Logger log = LoggerFactory.getLogger(PlanAuditor.class);

    /** The pause before each listing, in thirtieths of {@code auditFor}; the first listing starts at once. */
    private static final List<Integer> LISTINGS = List.of(0, 1, 2, 4, 7, 12);

    /**
     * {@return the result, which is also passed to the observers; never fails, and ends when the time is up or the
     * client is closed}
     */
    public Mono<PlanAudit> audit() {
        if (resources.auditFor().isZero()) {
            return Mono.just(PlanAudit.none("audits are switched off"));
        }
        return listed().doOnNext(this::report);
    }

    private void report(PlanAudit audit) {
        resources.observer().audited(plan.id(), audit);
        if (audit.surplus() > 0) {
            String what = "instances that were not reported: " + audit.surplus() + ", such as "
                    + audit.surplusIds().get(0) + "; a request was executed more often than it was sent";
            log.error("ALARM: plan {}: {}", plan.id(), what);
            resources.observer().alarm(plan.id(), new Alarm(Alarm.Kind.UNREPORTED, what));
        }
        log.debug("plan {}: {}", plan.id(), audit.summary());
    }

    private Mono<PlanAudit> listed() {
        return Mono.defer(() -> {
            AtomicReference<PlanAudit> last = new AtomicReference<>(PlanAudit.none(
                    "no listing came within " + resources.auditFor().toMillis() + " ms"));
            return Flux.fromIterable(LISTINGS)
                    .concatMap(thirtieths -> after(thirtieths).then(once()), 1)
                    .doOnNext(listed -> last.set(listed.audit()))
                    .takeUntil(Listed::isFinal)
                    .takeUntilOther(Mono.delay(resources.auditFor(), resources.timer()))
                    .takeUntilOther(
                            resources.closing().doOnTerminate(() -> last.set(PlanAudit.none("the client was closed"))))
                    .then(Mono.fromSupplier(last::get));
        });
    }

    private Mono<Long> after(int thirtieths) {
        return thirtieths == 0
                ? Mono.empty()
                : Mono.delay(resources.auditFor().multipliedBy(thirtieths).dividedBy(30), resources.timer());
    }

    /** One audit, and whether another one could not add to it. */
    private record Listed(PlanAudit audit, boolean isFinal) {}

    private Mono<Listed> once() {
        return resources
                .finder()
                .patient()
                .find(plan)
                .flatMap(this::compare)
                .map(audit -> new Listed(audit, audit.done() || audit.surplus() > 0))
                .onErrorResume(failure -> Mono.just(
                        new Listed(PlanAudit.none("the listing failed: " + failure.getMessage()), isRefused(failure))));
    }

    private static boolean isRefused(Throwable failure) {
        return failure instanceof ApiRefusal refusal && refusal.code().kind() != Kind.THROTTLED;
    }

    private Mono<PlanAudit> compare(PlanListing listing) {
        Comparison comparison = new Comparison(listing);
        return journal.outcomes(0)
                .map(PlacedOutcome::outcome)
                .concatMap(outcome -> Mono.justOrEmpty(comparison.add(outcome)), 1)
                .concatMap(
                        found -> journal.settled(found)
                                .doOnSuccess(written -> resources.observer().settled(found)),
                        1)
                .then(Mono.fromSupplier(comparison::audit));
    }

    /** A listing from which the reported chunks are removed one by one. */
    private static final class Comparison {

        private final Map<Integer, List<String>> listed;
        private final int shown;
        private final List<String> surplus = new ArrayList<>();
        private int reported;
        private int unlisted;
        private int found;

        Comparison(PlanListing listing) {
            this.listed = new HashMap<>(listing.byChunk());
            this.shown =
                    listing.byChunk().values().stream().mapToInt(List::size).sum();
        }

        /** {@return the outcome with the instances that the listing adds to it; null if it stays unchanged} */
        @Nullable
        ChunkOutcome add(ChunkOutcome outcome) {
            List<String> here = listed.getOrDefault(outcome.chunk().index(), List.of());
            listed.remove(outcome.chunk().index());
            Deal deal = outcome.fold(
                    Cloned::deal,
                    notCloned -> NOTHING,
                    // The ids in its response count once the listing shows an instance of the chunk.
                    inDoubt -> inDoubt.namedDeal().withInstanceIds(List.of()));
            Set<String> all = new LinkedHashSet<>(deal.instanceIds());
            reported += all.size();
            unlisted += (int) all.stream().filter(id -> !here.contains(id)).count();
            List<String> more = here.stream().filter(all::add).toList();
            int wanted = outcome.open()
                    ? outcome.chunk().goodsNum() - deal.instanceIds().size()
                    : 0;
            int known = Math.min(more.size(), Math.max(0, wanted));
            found += known;
            surplus.addAll(more.subList(known, more.size()));
            List<String> named =
                    outcome instanceof InDoubt doubt ? doubt.namedDeal().instanceIds() : deal.instanceIds();
            List<String> whole =
                    Stream.concat(named.stream(), more.stream().limit(known)).toList();
            return known > 0 ? new Cloned(outcome.chunk(), deal.withInstanceIds(whole)) : null;
        }

        PlanAudit audit() {
            listed.values().forEach(surplus::addAll);
            String whyNot = unlisted == 0
                    ? null
                    : "reported instances that are not listed yet: " + unlisted + " of " + reported;
            return new PlanAudit(whyNot, shown, surplus.size(), surplus, found);
        }
    }

    private static final Deal NOTHING = new Deal(null, null, List.of(), null);
}
