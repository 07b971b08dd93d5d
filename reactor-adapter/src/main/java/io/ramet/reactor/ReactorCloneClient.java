package io.ramet.reactor;

import io.ramet.error.ClientClosedException;
import io.ramet.error.InvalidValueException;
import io.ramet.json.RequestJson;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
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
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.run.FollowedPlans;
import io.ramet.reactor.run.OrphanRecovery;
import io.ramet.reactor.run.PlanAuditor;
import io.ramet.reactor.run.PlanRun;
import io.ramet.reactor.run.RunScheduler;
import io.ramet.reactor.run.RunState;
import io.ramet.reactor.run.RunState.Demand;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/** Keeps at most one run of each plan and lets subscribers join it. */
final class ReactorCloneClient implements CloneClient {

    private static final int SETTLED_AT_ONCE = 4;
    private static final Secret ANY_PASSWORD = Secret.of("Not-a-passw0rd-of-any-plan");
    /**
     * Plans with random ids that a client of this process has run, for as long as they are referenced: no other process can run
     * them again, but the next client of this one can, and its journal may know nothing of them.
     */
    private static final Set<ClonePlan> BEGUN =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final CallResources site;
    private final CloneJournal journal;
    private final FollowedPlans elsewhere;
    private final RunState.Limits limits;
    private final int maxInstances;
    private final RunScheduler turns;
    private final Sinks.Empty<Void> closing;
    private final Mono<Void> closed;
    private final Map<PlanId, PlanRun> runs;
    private final OrphanRecovery recovery;
    private final AtomicBoolean closeBegun;
    private final int priority;

    ReactorCloneClient(
            CallResources site,
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
        this.turns = new RunScheduler(limits.maxInFlight(), site.shaper());
        this.closing = closing;
        this.closed = Mono.defer(this::drain).then(resources).cache();
        this.runs = new ConcurrentHashMap<>();
        this.recovery = new OrphanRecovery(site, journal, runs.keySet(), this::resubmit);
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
        this.recovery = same.recovery;
        this.closeBegun = same.closeBegun;
        this.priority = priority;
    }

    @Override
    public CloneClient withPriority(int priority) {
        return new ReactorCloneClient(this, priority);
    }

    @Override
    public Flux<ChunkOutcome> clone(ClonePlan plan) {
        return cloning(plan, (run, outcomes) -> outcomes);
    }

    /** Joins the run of a plan, or begins one, and makes something of its outcomes and its end. */
    private <T> Flux<T> cloning(ClonePlan plan, BiFunction<PlanRun, Flux<ChunkOutcome>, Publisher<T>> making) {
        return Flux.deferContextual(context -> {
            Demand follower = Demand.subscriber(priority);
            PlanRun run = join(plan, follower, context, true);
            Sinks.Empty<ChunkOutcome> refused = Sinks.empty();
            Flux<ChunkOutcome> outcomes = run.outcomes()
                    .takeUntilOther(refused.asMono())
                    .doOnRequest(more -> {
                        if (more < 1) {
                            refused.tryEmitError(new IllegalArgumentException(
                                    "request(" + more + "): rule 3.9 of Reactive Streams wants 1 or more"));
                        } else {
                            run.wants(follower, more);
                        }
                    })
                    .doFinally(signal -> run.leave(follower));
            return making.apply(run, outcomes);
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
        return Mono.deferContextual(
                context -> join(plan, Demand.submitter(priority), context, true).opened());
    }

    /** Nobody has asked for its refused chunks again. */
    private Mono<Void> resubmit(ClonePlan plan) {
        return Mono.deferContextual(context ->
                join(plan, Demand.submitter(priority), context, false).opened());
    }

    @Override
    public Flux<PlanId> recover(Function<PlanId, Mono<Secret>> passwords) {
        return unlessClosed(Mono.just(recovery)).flatMapMany(ours -> ours.now(passwords));
    }

    OrphanRecovery recovery() {
        return recovery;
    }

    @Override
    public Flux<ChunkOutcome> resume(PlanId id, @Nullable Secret password) {
        return stored(id)
                .flatMapMany(plan -> clone(ClonePlan.of(id, RequestJson.shared().read(plan.request(), password))));
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
    public Mono<CloneReport> reconcile(PlanId id) {
        return unlessClosed(Mono.usingWhen(
                        journal.reopen(id, site.region()),
                        open -> settleOpen(open).then(audit(id, open)),
                        PlanJournal::release))
                .flatMap(audit -> report(id).map(report -> report.audited(audit)));
    }

    private Mono<PlanAudit> audit(PlanId id, PlanJournal open) {
        return stored(id)
                .map(this::listed)
                .flatMap(plan -> new PlanAuditor(site, plan, open).audit())
                .onErrorResume(
                        InvalidValueException.class,
                        unreadable -> Mono.just(PlanAudit.none(
                                "the request cannot be read without its password: " + unreadable.getMessage())));
    }

    /** A plan to be listed by its marks, for which no password is needed; nothing is sent of it. */
    private ClonePlan listed(StoredPlan stored) {
        try {
            return ClonePlan.of(stored.id(), RequestJson.shared().read(stored.request(), null));
        } catch (InvalidValueException needsOne) {
            return ClonePlan.of(stored.id(), RequestJson.shared().read(stored.request(), ANY_PASSWORD));
        }
    }

    private Mono<Void> settleOpen(PlanJournal plan) {
        Flux<ChunkOutcome> open = plan.outcomes(0).map(PlacedOutcome::outcome).filter(ChunkOutcome::open);
        Flux<ChunkOutcome> pending = Flux.fromIterable(plan.known().pending()).map(PendingChunk::knownOutcome);
        return Flux.concat(Flux.just(open, pending))
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .flatMap(outcome -> new Settlement(site, plan, outcome).reconcile(), SETTLED_AT_ONCE)
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
    public Mono<Void> disposeLater() {
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

    private PlanRun join(ClonePlan plan, Demand follower, ContextView context, boolean reopening) {
        InvalidValueException.unless(
                plan.request().goodsNum() <= maxInstances,
                "goodsNum",
                plan.request().goodsNum(),
                "must be at most maxInstances, " + maxInstances + ", the spending cap of this client");
        PlanRun ended = null;
        while (true) {
            PlanRun before = ended;
            PlanRun run = registered(plan, before, reopening);
            if (before != null) {
                before.succeeded();
            }
            if (!run.plan().equals(plan)) {
                throw new PlanConflictException(plan.id());
            }
            if (run.join(follower, context)) {
                return run;
            }
            ended = run;
        }
    }

    /**
     * Finds the run of a plan, or begins one in place of {@code ended}. In one step: if there is no run, then there must be none
     * that still holds the plan; and closing sees every run that was begun before it, and none is begun after.
     */
    private PlanRun registered(ClonePlan plan, @Nullable PlanRun ended, boolean reopening) {
        synchronized (runs) {
            if (closeBegun.get()) {
                throw new ClientClosedException();
            }
            PlanRun known = runs.get(plan.id());
            if (known != null && known != ended) {
                return known;
            }
            PlanRun next = newRun(plan, known == null ? Mono.empty() : known.over(), reopening);
            runs.put(plan.id(), next);
            return next;
        }
    }

    private PlanRun newRun(ClonePlan plan, Mono<Void> predecessor, boolean reopening) {
        // The random id of a plan that is run for the first time is new to the server as well.
        boolean fresh = !plan.hasCallerId() && BEGUN.add(plan);
        PlanRun run = new PlanRun(plan, predecessor, site, recovery.open(plan), turns, limits, fresh, reopening);
        run.over().subscribe(nothing -> {}, failure -> {}, () -> runs.remove(plan.id(), run));
        return run;
    }

    private Mono<Void> drain() {
        synchronized (runs) {
            closeBegun.set(true);
        }
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
