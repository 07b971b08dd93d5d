package io.ramet.reactor.run;

import io.ramet.error.ClientClosedException;
import io.ramet.error.InvalidValueException;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** The runs of one client: at most one for each plan, which all its subscribers share. */
public final class PlanRuns {

    /**
     * Plans with random ids that a client of this process has run, for as long as the plans are referenced. No other
     * process can run them again, but the next client of this process can, and its journal may not know them.
     */
    private static final Set<ClonePlan> BEGUN =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final CallResources resources;
    private final RunState.Limits limits;
    private final int maxInstances;
    private final InFlightSlots slots;
    private final OrphanRecovery recovery;
    private final Map<PlanId, PlanRun> runs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** {@code maxInstances} is the spending cap per plan. */
    public PlanRuns(
            CallResources resources,
            CloneJournal journal,
            StoredRequests requests,
            RunState.Limits limits,
            int maxInstances) {
        this.resources = resources;
        this.limits = limits;
        this.maxInstances = maxInstances;
        this.slots = new InFlightSlots(limits.maxInFlight(), resources.shaper());
        this.recovery = new OrphanRecovery(resources, journal, requests, runs.keySet(), this::resubmit);
    }

    /**
     * Joins the run of a plan, or starts one. A new run sends refused chunks again.
     *
     * @param plan the plan
     * @param demand the demand on the run
     * @param context the subscriber's Reactor context
     * @return the run, which {@code demand} has joined
     */
    public PlanRun join(ClonePlan plan, Demand demand, ContextView context) {
        return join(plan, demand, context, true);
    }

    /** Does not send refused chunks again: only the owner of the plan decides that. */
    private Mono<Void> resubmit(ClonePlan plan) {
        return Mono.deferContextual(
                context -> join(plan, Demand.submitter(0), context, false).opened());
    }

    /** {@return the run of a plan, or null if this client does not run it} */
    public @Nullable PlanRun running(PlanId id) {
        return runs.get(id);
    }

    /** {@return the recovery of plans that other processes have abandoned} */
    public OrphanRecovery recovery() {
        return recovery;
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Stops every run; none is started after that.
     *
     * @return completes when the last run has ended
     */
    public Mono<Void> close() {
        synchronized (runs) {
            closed = true;
        }
        runs.values().forEach(PlanRun::close);
        return Flux.fromIterable(runs.values()).flatMap(PlanRun::over).then();
    }

    private PlanRun join(ClonePlan plan, Demand demand, ContextView context, boolean reopening) {
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
            if (run.join(demand, context)) {
                return run;
            }
            ended = run;
        }
    }

    /**
     * Finds the run of a plan, or registers a new one in place of {@code ended}. This is atomic, so that a plan without
     * a registered run is not held by any run, and closing sees every run that was registered before it.
     */
    private PlanRun registered(ClonePlan plan, @Nullable PlanRun ended, boolean reopening) {
        synchronized (runs) {
            if (closed) {
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
        // A random id that is used for the first time is new to the server as well.
        boolean fresh = !plan.hasCallerId() && BEGUN.add(plan);
        Mono<PlanJournal> opening = predecessor.then(recovery.open(plan));
        PlanRun run =
                new PlanRun(plan, opening, resources, slots, limits, new PlanCheck(resources, plan, fresh, reopening));
        run.over().subscribe(nothing -> {}, failure -> {}, () -> runs.remove(plan.id(), run));
        return run;
    }

    /** {@return the runs, for logs} */
    @Override
    public String toString() {
        return runs.values().toString();
    }
}
