package io.ramet.reactor;

import static java.util.Objects.requireNonNull;

import io.ramet.error.ClientClosedException;
import io.ramet.error.InvalidValueException;
import io.ramet.model.Deal;
import io.ramet.model.PreflightReport;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.outcome.PlanIncompleteException;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.Settlement;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.lookup.ApiLookups;
import io.ramet.reactor.lookup.LookupClient;
import io.ramet.reactor.lookup.PlanUndo;
import io.ramet.reactor.lookup.PreflightBlockedException;
import io.ramet.reactor.lookup.UndoConfirmation;
import io.ramet.reactor.run.Demand;
import io.ramet.reactor.run.FollowedPlans;
import io.ramet.reactor.run.PlanAuditor;
import io.ramet.reactor.run.PlanRun;
import io.ramet.reactor.run.PlanRuns;
import io.ramet.reactor.run.RunState;
import io.ramet.reactor.run.StoredRequests;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Buys through runs of plans, and reads from the journal. */
final class ReactorCloneClient implements CloneClient {

    private static final int RECONCILED_AT_ONCE = 4;

    private final CloneClientBuilder settings;
    private final CallResources resources;
    private final CloneJournal journal;
    private final StoredRequests requests;
    private final PlanRuns runs;
    private final FollowedPlans elsewhere;
    private final LookupClient lookups;
    private final PlanUndo undo;
    private final Mono<Void> closed;
    private final int priority;

    ReactorCloneClient(CloneClientBuilder settings, String region) {
        ClientResources parts = ClientResources.open(settings, region);
        this.settings = settings;
        this.resources = parts.calls();
        this.journal = parts.journal();
        this.requests = new StoredRequests(settings.passwords::password, resources.timer());
        this.runs = new PlanRuns(
                resources,
                journal,
                requests,
                new RunState.Limits(settings.maxInFlight, settings.maxInDoubt, settings.stopOnRefusal),
                settings.maxInstances);
        this.elsewhere = new FollowedPlans(journal, resources.timer());
        this.lookups = new ApiLookups(resources, journal, parts.services(), settings.nanoTime);
        this.undo = new PlanUndo(resources, journal);
        this.closed = Mono.defer(() -> {
                    Mono<Void> over = runs.close();
                    parts.closing().tryEmitEmpty();
                    return over;
                })
                .then(parts.close())
                .cache();
        this.priority = 0;
        if (settings.recoverEvery != null) {
            runs.recovery().every(settings.recoverEvery);
        }
    }

    /** A view of the same client with another priority. */
    private ReactorCloneClient(ReactorCloneClient same, int priority) {
        this.settings = same.settings;
        this.resources = same.resources;
        this.journal = same.journal;
        this.requests = same.requests;
        this.runs = same.runs;
        this.elsewhere = same.elsewhere;
        this.lookups = same.lookups;
        this.undo = same.undo;
        this.closed = same.closed;
        this.priority = priority;
    }

    @Override
    public Flux<UndoOutcome> undo(PlanId id, UndoConfirmation confirmation) {
        return undo.undo(id, confirmation);
    }

    @Override
    public Flux<UndoOutcome> restore(PlanId id) {
        return undo.restore(id);
    }

    @Override
    public LookupClient lookups() {
        return lookups;
    }

    @Override
    public CloneClient withPriority(int priority) {
        return new ReactorCloneClient(this, priority);
    }

    @Override
    public CloneClientBuilder toBuilder() {
        return new CloneClientBuilder(settings).shaper(resources.shaper()).journal(journal);
    }

    @Override
    public Flux<ChunkOutcome> clone(ClonePlan plan) {
        return cloning(plan, (run, outcomes) -> outcomes);
    }

    /** Joins the run of a plan, or starts one, and converts its outcomes and its terminal signal. */
    private <T> Flux<T> cloning(ClonePlan plan, BiFunction<PlanRun, Flux<ChunkOutcome>, Publisher<T>> conversion) {
        requireNonNull(plan, "plan");
        Flux<T> joining = joining(plan, conversion);
        return settings.preflight == PreflightPolicy.OFF
                ? joining
                : checked(plan).thenMany(joining);
    }

    /** Fails if the preflight of a plan that the journal does not know yet finds a blocker. */
    private Mono<Void> checked(ClonePlan plan) {
        return unlessClosed(journal.find(plan.id()).hasElement())
                .filter(isKnown -> !isKnown)
                .flatMap(unknown -> lookups.preflight(plan))
                .filter(PreflightReport::hasBlocker)
                .flatMap(report -> Mono.error(new PreflightBlockedException(plan.id(), report)));
    }

    private <T> Flux<T> joining(ClonePlan plan, BiFunction<PlanRun, Flux<ChunkOutcome>, Publisher<T>> conversion) {
        return Flux.deferContextual(context -> {
            Demand demand = Demand.subscriber(priority);
            PlanRun run = runs.join(plan, demand, context);
            Sinks.Empty<ChunkOutcome> refused = Sinks.empty();
            Flux<ChunkOutcome> outcomes = run.outcomes()
                    .takeUntilOther(refused.asMono())
                    .doOnRequest(more -> {
                        if (more < 1) {
                            refused.tryEmitError(new IllegalArgumentException(
                                    "request(" + more + "): rule 3.9 of Reactive Streams requires 1 or more"));
                        } else {
                            run.wants(demand, more);
                        }
                    })
                    .doFinally(signal -> run.leave(demand));
            return conversion.apply(run, outcomes);
        });
    }

    @Override
    public Flux<Deal> cloneDeals(ClonePlan plan) {
        return cloning(plan, (run, outcomes) -> {
            Tally tally = new Tally(CloneReport.of(plan));
            Flux<Deal> deals = outcomes.doOnNext(outcome -> tally.report = tally.report.plus(outcome))
                    .ofType(Cloned.class)
                    .map(Cloned::deal);
            return Flux.concat(Flux.just(deals, Mono.defer(() -> {
                CloneReport report = tally.report.audited(run.audit());
                return report.complete() ? Mono.empty() : Mono.error(new PlanIncompleteException(report));
            })));
        });
    }

    @Override
    public Mono<CloneReport> cloneReport(ClonePlan plan) {
        return cloning(
                        plan,
                        (run, outcomes) -> outcomes.reduce(CloneReport.of(plan), CloneReport::plus)
                                .map(report -> report.audited(run.audit())))
                .single();
    }

    @Override
    public Mono<Void> submit(ClonePlan plan) {
        requireNonNull(plan, "plan");
        Mono<Void> submitting = Mono.deferContextual(context ->
                        runs.join(plan, Demand.submitter(priority), context).opened())
                .publishOn(Schedulers.parallel());
        return settings.preflight == PreflightPolicy.OFF
                ? submitting
                : checked(plan).then(submitting);
    }

    @Override
    public Flux<ChunkOutcome> resume(PlanId id) {
        return stored(id).flatMap(requests::sendable).flatMapMany(this::clone);
    }

    @Override
    public Flux<PlanId> recover() {
        return unlessClosed(Mono.fromSupplier(runs::recovery))
                .flatMapMany(recovery -> recovery.now())
                .publishOn(Schedulers.parallel(), 1);
    }

    @Override
    public Flux<ChunkOutcome> follow(PlanId id) {
        return stored(id).flatMapMany(known -> {
            PlanRun run = runs.running(id);
            return run == null
                    ? followElsewhere(id)
                    : run.watched().onErrorResume(PlanBusyException.class, busy -> followElsewhere(id));
        });
    }

    private Flux<ChunkOutcome> followElsewhere(PlanId id) {
        return unlessClosed(Mono.just(elsewhere)).flatMapMany(plans -> plans.follow(id));
    }

    @Override
    public Mono<CloneReport> reconcile(PlanId id) {
        requireNonNull(id, "id");
        return unlessClosed(Mono.usingWhen(
                        journal.reopen(id, resources.region()),
                        open -> stored(id)
                                .flatMap(plan -> settleOpen(open, plan.source()).then(audit(plan, open))),
                        PlanJournal::release))
                .flatMap(audit -> report(id).map(report -> report.audited(audit)));
    }

    private Mono<PlanAudit> audit(StoredPlan stored, PlanJournal open) {
        return Mono.fromSupplier(() -> requests.listable(stored))
                .flatMap(plan -> new PlanAuditor(resources, plan, open).audit())
                .onErrorResume(
                        InvalidValueException.class,
                        unreadable -> Mono.just(PlanAudit.none(
                                "the request cannot be read without its password: " + unreadable.getMessage())));
    }

    private Mono<Void> settleOpen(PlanJournal plan, String source) {
        Flux<ChunkOutcome> open = plan.outcomes(0).map(PlacedOutcome::outcome).filter(ChunkOutcome::open);
        Flux<ChunkOutcome> pending = Flux.fromIterable(plan.known().pending()).map(PendingChunk::knownOutcome);
        return Flux.concat(Flux.just(open, pending))
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .flatMap(outcome -> new Settlement(resources, plan, outcome, source).reconcile(), RECONCILED_AT_ONCE)
                .doOnNext(resources.observer()::settled)
                .then();
    }

    @Override
    public Mono<CloneReport> report(PlanId id) {
        return stored(id).flatMap(journal::report);
    }

    @Override
    public Flux<CloneReport> reports() {
        return unlessClosed(Mono.just(journal)).flatMapMany(CloneJournal::plans).concatMapDelayError(journal::report);
    }

    private Mono<StoredPlan> stored(PlanId id) {
        requireNonNull(id, "id");
        return unlessClosed(journal.find(id)).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)));
    }

    private <T> Mono<T> unlessClosed(Mono<T> what) {
        return Mono.defer(() -> runs.isClosed() ? Mono.error(new ClientClosedException()) : what);
    }

    @Override
    public Mono<Void> disposeLater() {
        return closed;
    }

    /** {@return the plans that are running} */
    @Override
    public String toString() {
        return "CloneClient" + runs;
    }

    /** The report of one subscription so far. */
    private static final class Tally {
        private CloneReport report;

        Tally(CloneReport report) {
            this.report = report;
        }
    }
}
