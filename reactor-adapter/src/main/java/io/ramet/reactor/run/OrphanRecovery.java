package io.ramet.reactor.run;

import io.ramet.json.RequestJson;
import io.ramet.model.Secret;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Goes on with plans that other processes have left. */
public final class OrphanRecovery {

    private static final Logger log = LoggerFactory.getLogger(OrphanRecovery.class);

    /** The rest is for others, or for later. */
    private static final int MOST_AT_ONCE = 100;
    /** Who has so many of his own leaves the others to others. */
    private static final int MOST_RUNNING = 1_000;

    private static final Duration LONGEST_PASSWORD = CloneJournal.LEASE;

    private final CallResources site;
    private final CloneJournal journal;
    private final Set<PlanId> running;
    private final Function<ClonePlan, Mono<Void>> submit;
    /** Plans that this client has claimed and not begun: each waits for its password. */
    private final Map<PlanId, Claimed> waiting = new ConcurrentHashMap<>();

    /**
     * Takes over for one client.
     *
     * @param running the plans that this client is running, now and later
     * @param submit runs a plan, which is opened with {@link #open}
     */
    public OrphanRecovery(
            CallResources site, CloneJournal journal, Set<PlanId> running, Function<ClonePlan, Mono<Void>> submit) {
        this.site = site;
        this.journal = journal;
        this.running = running;
        this.submit = submit;
    }

    /** A plan that was claimed, for the one run that begins it. */
    private record Claimed(ClaimedPlan left, AtomicBoolean begun) {}

    /**
     * Opens a plan to run it. If this client has claimed it and waits for its password, a subscriber that knows the request need
     * not wait.
     *
     * @param plan the plan
     * @return its journal; fails as {@link CloneJournal#open} does
     */
    public Mono<PlanJournal> open(ClonePlan plan) {
        return Mono.defer(() -> claimed(plan)
                .switchIfEmpty(journal.open(plan, site.region()))
                // It may have been claimed here just now.
                .onErrorResume(PlanBusyException.class, busy -> claimed(plan).switchIfEmpty(Mono.error(busy))));
    }

    private Mono<PlanJournal> claimed(ClonePlan plan) {
        return Mono.defer(() -> {
            Claimed claimed = waiting.get(plan.id());
            if (claimed == null) {
                return Mono.empty();
            }
            if (!isRequestOf(plan, claimed.left())) {
                return Mono.error(new PlanConflictException(plan.id()));
            }
            return claimed.begun().compareAndSet(false, true)
                    ? Mono.just(claimed.left().journal())
                    : Mono.empty();
        });
    }

    private boolean isRequestOf(ClonePlan plan, ClaimedPlan left) {
        return RequestJson.shared()
                .writeWithoutPassword(plan.request())
                .equals(left.plan().request());
    }

    /** What was left is looked for again and again until the client is closed. */
    public void every(Duration pause, Function<PlanId, Mono<Secret>> passwords) {
        Flux.interval(pause, site.timer())
                .onBackpressureDrop()
                .concatMap(tick -> now(passwords).onErrorResume(failure -> failed(failure)), 1)
                .takeUntilOther(site.closing())
                .subscribe(id -> {}, failure -> log.error("plans are no longer taken over", failure));
    }

    private static Mono<PlanId> failed(Throwable failure) {
        log.warn("could not take over all that was left: {}", failure.getMessage());
        return Mono.empty();
    }

    public Flux<PlanId> now(Function<PlanId, Mono<Secret>> passwords) {
        return Flux.defer(() -> next(passwords, new HashSet<>()));
    }

    /** Each is begun to the end, even if nobody waits for it any more: what was taken up must be run or handed back. */
    private Flux<PlanId> next(Function<PlanId, Mono<Secret>> passwords, Set<PlanId> tried) {
        if (tried.size() >= MOST_AT_ONCE || running.size() >= MOST_RUNNING) {
            return Flux.empty();
        }
        Set<PlanId> unwanted = new HashSet<>(tried);
        unwanted.addAll(running);
        unwanted.addAll(waiting.keySet());
        return journal.claimAbandoned(site.region(), unwanted)
                .flatMap(left -> begin(left, passwords))
                .onErrorResume(DamagedPlanException.class, damaged -> Mono.just(new Begun(damaged.planId(), damaged)))
                .cache()
                .flatMapMany(begun -> {
                    tried.add(begun.id());
                    return Flux.concatDelayError(Flux.just(begun.told(), Flux.defer(() -> next(passwords, tried))));
                });
    }

    private record Begun(PlanId id, @Nullable Throwable failure) {

        Mono<PlanId> told() {
            return failure == null ? Mono.just(id) : Mono.error(failure);
        }
    }

    private Mono<Begun> begin(ClaimedPlan left, Function<PlanId, Mono<Secret>> passwords) {
        PlanId id = left.plan().id();
        Claimed claimed = new Claimed(left, new AtomicBoolean());
        waiting.put(id, claimed);
        return Mono.defer(() -> passwords.apply(id))
                .timeout(LONGEST_PASSWORD, site.timer())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .map(password -> RequestJson.shared().read(left.plan().request(), password.orElse(null)))
                .flatMap(request -> submit.apply(ClonePlan.of(id, request)))
                .then(Mono.fromSupplier(() -> new Begun(id, null)))
                .doOnNext(begun -> log.info("took over plan {}", id))
                .onErrorResume(failure -> Mono.just(new Begun(id, failure)))
                .doOnNext(begun -> waiting.remove(id))
                .flatMap(begun -> claimed.begun().compareAndSet(false, true)
                        ? left.journal().handOff().onErrorComplete().thenReturn(begun)
                        : Mono.just(begun));
    }
}
