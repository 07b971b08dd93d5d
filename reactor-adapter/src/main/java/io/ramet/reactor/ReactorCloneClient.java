package io.ramet.reactor;

import io.ramet.error.InvalidRequestException;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanIncompleteException;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.RunState.Follower;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.Unsettled;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UnknownPlanException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Keeps at most one run of each plan and lets subscribers join it. */
final class ReactorCloneClient implements CloneClient {

    private static final int SETTLED_AT_ONCE = 4;

    private final CallSite site;
    private final CloneJournal journal;
    private final FollowedPlans elsewhere;
    private final RunState.Limits limits;
    private final int maxInstances;
    private final Turns turns;
    private final Sinks.Empty<Void> closing;
    private final Mono<Void> closed;
    private final Map<PlanId, PlanRun> runs;
    private final AtomicBoolean closeBegun;
    private final int priority;

    ReactorCloneClient(
            CallSite site,
            CloneJournal journal,
            RunState.Limits limits,
            int maxInstances,
            Sinks.Empty<Void> closing,
            Mono<Void> resources) {
        this.site = site;
        this.journal = journal;
        this.elsewhere = new FollowedPlans(journal, site.timer());
        this.limits = limits;
        this.maxInstances = maxInstances;
        this.turns = new Turns(limits.maxInFlight(), site.shaper());
        this.closing = closing;
        this.closed = Mono.defer(this::drain).then(resources).cache();
        this.runs = new ConcurrentHashMap<>();
        this.closeBegun = new AtomicBoolean();
        this.priority = 0;
    }

    /** The same client, seen with another priority. */
    private ReactorCloneClient(ReactorCloneClient same, int priority) {
        this.site = same.site;
        this.journal = same.journal;
        this.elsewhere = same.elsewhere;
        this.limits = same.limits;
        this.maxInstances = same.maxInstances;
        this.turns = same.turns;
        this.closing = same.closing;
        this.closed = same.closed;
        this.runs = same.runs;
        this.closeBegun = same.closeBegun;
        this.priority = priority;
    }

    @Override
    public CloneClient withPriority(int priority) {
        return new ReactorCloneClient(this, priority);
    }

    @Override
    public Flux<ChunkOutcome> clone(ClonePlan plan) {
        return Flux.deferContextual(context -> {
            Follower follower = Follower.subscriber(priority);
            PlanRun run = join(plan, follower, context, opening(plan));
            return run.outcomes()
                    .doOnRequest(more -> run.wants(follower, more))
                    .doFinally(signal -> run.leave(follower));
        });
    }

    @Override
    public Flux<Deal> deals(ClonePlan plan) {
        return Flux.defer(() -> {
            Tally tally = new Tally(CloneReport.of(plan));
            Flux<Deal> deals = clone(plan)
                    .doOnNext(outcome -> tally.report = tally.report.plus(outcome))
                    .ofType(Cloned.class)
                    .map(Cloned::deal);
            return Flux.concat(Flux.just(
                    deals,
                    Mono.defer(() -> tally.report.complete()
                            ? Mono.empty()
                            : Mono.error(new PlanIncompleteException(tally.report)))));
        });
    }

    @Override
    public Mono<CloneReport> report(ClonePlan plan) {
        return clone(plan).reduce(CloneReport.of(plan), CloneReport::plus);
    }

    @Override
    public Mono<Void> submit(ClonePlan plan) {
        return Mono.deferContextual(context -> submit(plan, context, opening(plan)));
    }

    private Mono<Void> submit(ClonePlan plan, ContextView context, Mono<PlanJournal> opening) {
        return join(plan, Follower.submitter(priority), context, opening).opened();
    }

    private Mono<PlanJournal> opening(ClonePlan plan) {
        return Mono.defer(() -> journal.open(plan, site.region()));
    }

    @Override
    public Flux<PlanId> takeOver(Function<PlanId, Mono<Secret>> passwords) {
        return unlessClosed(Mono.fromSupplier(this::takeOver)).flatMapMany(takeOver -> takeOver.now(passwords));
    }

    TakeOver takeOver() {
        return new TakeOver(site, journal, runs.keySet(), (plan, opening) -> submit(plan, Context.empty(), opening));
    }

    @Override
    public Flux<ChunkOutcome> resume(PlanId id, @Nullable Secret password) {
        return stored(id)
                .flatMapMany(plan -> clone(ClonePlan.of(id, site.json().readRequest(plan.request(), password))));
    }

    @Override
    public Flux<ChunkOutcome> follow(PlanId id) {
        return stored(id).flatMapMany(known -> {
            PlanRun run = runs.get(id);
            return run == null
                    ? followElsewhere(id)
                    : run.settled().onErrorResume(PlanBusyException.class, busy -> followElsewhere(id));
        });
    }

    private Flux<ChunkOutcome> followElsewhere(PlanId id) {
        return unlessClosed(Mono.just(elsewhere)).flatMapMany(plans -> plans.follow(id));
    }

    @Override
    public Mono<CloneReport> settle(PlanId id) {
        return unlessClosed(Mono.usingWhen(journal.reopen(id, site.region()), this::settleOpen, PlanJournal::release))
                .then(Mono.defer(() -> report(id)));
    }

    private Mono<Void> settleOpen(PlanJournal plan) {
        Flux<ChunkOutcome> open = plan.outcomes(0).map(PlacedOutcome::outcome).filter(ChunkOutcome::open);
        Flux<ChunkOutcome> unsettled =
                Flux.fromIterable(plan.known().unsettled()).map(Unsettled::soFar);
        return Flux.concat(Flux.just(open, unsettled))
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .flatMap(outcome -> ChunkCall.settling(site, outcome, plan), SETTLED_AT_ONCE)
                .doOnNext(site.observer()::settled)
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
        return unlessClosed(journal.find(id)).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)));
    }

    private <T> Mono<T> unlessClosed(Mono<T> what) {
        return Mono.defer(() -> closeBegun.get() ? Mono.error(new ClientClosedException()) : what);
    }

    @Override
    public Mono<Void> closeLater() {
        return closed;
    }

    @Override
    public void close() {
        if (Schedulers.isInNonBlockingThread()) {
            closed.subscribe();
        } else {
            closed.block();
        }
    }

    /** {@return the plans that are running} */
    @Override
    public String toString() {
        return "CloneClient" + runs.values();
    }

    private PlanRun join(ClonePlan plan, Follower follower, ContextView context, Mono<PlanJournal> opening) {
        InvalidRequestException.unless(
                plan.request().goodsNum() <= maxInstances,
                "goodsNum",
                plan.request().goodsNum(),
                "must be at most maxInstances, " + maxInstances + ", the spending cap of this client");
        PlanRun ended = null;
        while (!closeBegun.get()) {
            PlanRun before = ended;
            // In one step: who finds no run must be able to rely on there being none that still holds the plan.
            PlanRun run = runs.compute(
                    plan.id(),
                    (id, known) -> known == null || known == before
                            ? newRun(plan, known == null ? Mono.empty() : known.over(), opening)
                            : known);
            if (!run.plan().equals(plan)) {
                throw new PlanConflictException(plan.id());
            }
            if (run.join(follower, context)) {
                if (closeBegun.get()) {
                    run.close();
                }
                return run;
            }
            ended = run;
        }
        throw new ClientClosedException();
    }

    private PlanRun newRun(ClonePlan plan, Mono<Void> predecessor, Mono<PlanJournal> opening) {
        PlanRun run = new PlanRun(plan, predecessor, site, opening, turns, limits);
        run.over().subscribe(nothing -> {}, failure -> {}, () -> runs.remove(plan.id(), run));
        return run;
    }

    private Mono<Void> drain() {
        closeBegun.set(true);
        runs.values().forEach(PlanRun::close);
        closing.tryEmitEmpty();
        return Flux.fromIterable(runs.values()).flatMap(PlanRun::over).then();
    }

    /** The report so far, of one subscription. */
    private static final class Tally {
        private CloneReport report;

        Tally(CloneReport report) {
            this.report = report;
        }
    }
}
