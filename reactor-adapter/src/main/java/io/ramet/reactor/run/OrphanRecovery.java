package io.ramet.reactor.run;

import io.ramet.json.RequestJson;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.journal.ClaimedPlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.DamagedPlanException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Resumes plans that other processes have abandoned. */
public final class OrphanRecovery {

    private static final Logger log = LoggerFactory.getLogger(OrphanRecovery.class);

    /** Upper bound per call; the rest is left for other processes or the next poll. */
    private static final int MAX_AT_ONCE = 100;
    /** A client that runs this many plans claims no more. */
    private static final int MAX_RUNNING = 1_000;

    private final CallResources resources;
    private final CloneJournal journal;
    private final StoredRequests requests;
    private final Set<PlanId> running;
    private final Function<ClonePlan, Mono<Void>> submit;
    /** Plans that this client has claimed and not begun yet, because they wait for their passwords. */
    private final Map<PlanId, Claim> claims = new ConcurrentHashMap<>();

    /**
     * {@code running} is a live view of the client's plans; {@code submit} runs a plan, which it opens with {@link
     * #open}.
     */
    OrphanRecovery(
            CallResources resources,
            CloneJournal journal,
            StoredRequests requests,
            Set<PlanId> running,
            Function<ClonePlan, Mono<Void>> submit) {
        this.resources = resources;
        this.journal = journal;
        this.requests = requests;
        this.running = running;
        this.submit = submit;
    }

    /** A claimed plan, and whether a run has begun it; only one may. */
    private record Claim(ClaimedPlan plan, AtomicBoolean begun) {}

    /**
     * Opens a plan in order to run it. If this client has claimed the plan and waits for its password, a subscriber
     * that has the whole request need not wait.
     *
     * @param plan the plan
     * @return its journal; fails as {@link CloneJournal#open} does
     */
    Mono<PlanJournal> open(ClonePlan plan) {
        return Mono.defer(() -> claimed(plan)
                .switchIfEmpty(journal.open(plan, resources.region()))
                // This client may have claimed it in the meantime.
                .onErrorResume(PlanBusyException.class, busy -> claimed(plan).switchIfEmpty(Mono.error(busy))));
    }

    private Mono<PlanJournal> claimed(ClonePlan plan) {
        return Mono.defer(() -> {
            Claim claim = claims.get(plan.id());
            if (claim == null) {
                return Mono.empty();
            }
            if (!isRequestOf(plan, claim.plan())) {
                return Mono.error(new PlanConflictException(plan.id()));
            }
            return claim.begun().compareAndSet(false, true)
                    ? Mono.just(claim.plan().journal())
                    : Mono.empty();
        });
    }

    private boolean isRequestOf(ClonePlan plan, ClaimedPlan claimed) {
        return RequestJson.shared()
                .writeWithoutPassword(plan.request())
                .equals(claimed.plan().request());
    }

    /** Recovers abandoned plans at an interval until the client is closed. */
    public void every(Duration pause) {
        Flux.interval(pause, resources.timer())
                .onBackpressureDrop()
                .concatMap(tick -> now().onErrorResume(OrphanRecovery::failed), 1)
                .takeUntilOther(resources.closing())
                .subscribe(id -> {}, failure -> log.error("abandoned plans are no longer recovered", failure));
    }

    private static Mono<PlanId> failed(Throwable failure) {
        log.warn("could not recover all abandoned plans: {}", failure.getMessage());
        return Mono.empty();
    }

    /** {@return the recovered plans, each emitted once it is running here} */
    public Flux<PlanId> now() {
        return Flux.defer(() -> next(new HashSet<>()));
    }

    /** Cancelling does not interrupt a claim: a claimed plan must be run or handed off. */
    private Flux<PlanId> next(Set<PlanId> tried) {
        if (tried.size() >= MAX_AT_ONCE || running.size() >= MAX_RUNNING) {
            return Flux.empty();
        }
        Set<PlanId> unwanted = new HashSet<>(tried);
        unwanted.addAll(running);
        unwanted.addAll(claims.keySet());
        return journal.claimAbandoned(resources.region(), unwanted)
                .flatMap(this::begin)
                .onErrorResume(
                        DamagedPlanException.class, damaged -> Mono.just(new Recovery(damaged.planId(), damaged)))
                .cache()
                .flatMapMany(recovery -> {
                    tried.add(recovery.id());
                    return Flux.concatDelayError(Flux.just(recovery.result(), Flux.defer(() -> next(tried))));
                });
    }

    private record Recovery(PlanId id, @Nullable Throwable failure) {

        Mono<PlanId> result() {
            return failure == null ? Mono.just(id) : Mono.error(failure);
        }
    }

    private Mono<Recovery> begin(ClaimedPlan claimed) {
        PlanId id = claimed.plan().id();
        Claim claim = new Claim(claimed, new AtomicBoolean());
        claims.put(id, claim);
        return requests.sendable(claimed.plan())
                .flatMap(submit)
                .then(Mono.fromSupplier(() -> new Recovery(id, null)))
                .doOnNext(begun -> log.info("recovered plan {}", id))
                .onErrorResume(failure -> Mono.just(new Recovery(id, failure)))
                .doOnNext(done -> claims.remove(id))
                .flatMap(done -> claim.begun().compareAndSet(false, true)
                        ? claimed.journal().handOff().onErrorComplete().thenReturn(done)
                        : Mono.just(done));
    }
}
