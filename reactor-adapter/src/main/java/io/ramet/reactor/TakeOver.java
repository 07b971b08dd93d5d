package io.ramet.reactor;

import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.DamagedPlanException;
import io.ramet.reactor.journal.LeftPlan;
import io.ramet.reactor.journal.PlanJournal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Goes on with plans that other processes have left. */
final class TakeOver {

    private static final Logger log = LoggerFactory.getLogger(TakeOver.class);

    /** The rest is for others, or for later. */
    private static final int MOST_AT_ONCE = 100;
    /** Who has so many of his own leaves the others to others. */
    private static final int MOST_RUNNING = 1_000;

    private static final Duration LONGEST_PASSWORD = CloneJournal.LEASE;

    private final CallSite site;
    private final CloneJournal journal;
    private final Set<PlanId> running;
    private final BiFunction<ClonePlan, Mono<PlanJournal>, Mono<Void>> submit;

    /**
     * Takes over for one client.
     *
     * @param running the plans that this client is running, now and later
     * @param submit runs a plan that is opened so
     */
    TakeOver(
            CallSite site,
            CloneJournal journal,
            Set<PlanId> running,
            BiFunction<ClonePlan, Mono<PlanJournal>, Mono<Void>> submit) {
        this.site = site;
        this.journal = journal;
        this.running = running;
        this.submit = submit;
    }

    /** What was left is looked for again and again until the client is closed. */
    void every(Duration pause, Function<PlanId, Mono<Secret>> passwords) {
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

    Flux<PlanId> now(Function<PlanId, Mono<Secret>> passwords) {
        return Flux.defer(() -> next(passwords, new HashSet<>()));
    }

    /** Each is begun to the end, even if nobody waits for it any more: what was taken up must be run or handed back. */
    private Flux<PlanId> next(Function<PlanId, Mono<Secret>> passwords, Set<PlanId> tried) {
        if (tried.size() >= MOST_AT_ONCE || running.size() >= MOST_RUNNING) {
            return Flux.empty();
        }
        Set<PlanId> unwanted = new HashSet<>(tried);
        unwanted.addAll(running);
        return journal.takeLeft(site.region(), unwanted)
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

    private Mono<Begun> begin(LeftPlan left, Function<PlanId, Mono<Secret>> passwords) {
        PlanId id = left.plan().id();
        AtomicBoolean opened = new AtomicBoolean();
        Mono<PlanJournal> opening = Mono.fromSupplier(() -> {
            opened.set(true);
            return left.journal();
        });
        return Mono.defer(() -> passwords.apply(id))
                .timeout(LONGEST_PASSWORD, site.timer())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .map(password -> site.json().readRequest(left.plan().request(), password.orElse(null)))
                .flatMap(request -> submit.apply(ClonePlan.of(id, request), opening))
                .then(Mono.fromSupplier(() -> new Begun(id, null)))
                .doOnNext(begun -> log.info("took over plan {}", id))
                .onErrorResume(failure -> Mono.just(new Begun(id, failure)))
                .flatMap(begun -> opened.get()
                        ? Mono.just(begun)
                        : left.journal().handOver().onErrorComplete().thenReturn(begun));
    }
}
