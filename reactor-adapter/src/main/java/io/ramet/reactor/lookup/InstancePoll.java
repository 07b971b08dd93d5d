package io.ramet.reactor.lookup;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.model.Deal;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Polls the instances that subscribers wait for. All subscribers share one poll. */
final class InstancePoll {

    private static final Logger log = LoggerFactory.getLogger(InstancePoll.class);

    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(8), Duration.ofSeconds(11), Duration.ofSeconds(15));
    /** Every fourth round also looks up why instances do not run yet. */
    private static final int ROUNDS_PER_REASON = 4;

    private static final int AT_ONCE = 2;

    private final ReadActions actions;
    private final Set<Supplier<Collection<PurchasedInstance>>> wanted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicInteger roundsSinceJoin = new AtomicInteger();
    private final Flux<Round> shared;

    InstancePoll(ReadActions actions, Scheduler timer) {
        this.actions = actions;
        this.shared = Mono.defer(this::round)
                .repeatWhen(ends -> ends.concatMap(end -> Mono.delay(pause(), timer), 1))
                .publish()
                .refCount();
    }

    private Duration pause() {
        return PAUSES.get(Math.min(roundsSinceJoin.getAndIncrement(), PAUSES.size() - 1));
    }

    /**
     * The result of one round.
     *
     * @param lookedUp the ids of the instances whose look-up succeeded
     * @param shown the listed instances, by id
     * @param failures why instances will never run, by id
     * @param notLookedUp why the look-ups of other instances failed, by id
     */
    record Round(
            Set<String> lookedUp,
            Map<String, ListedInstance> shown,
            Map<String, String> failures,
            Map<String, String> notLookedUp) {}

    /** {@return the rounds; each looks up the instances that {@code waiting} supplies when the round begins} */
    Flux<Round> rounds(Supplier<Collection<PurchasedInstance>> waiting) {
        return Flux.defer(() -> {
                    wanted.add(waiting);
                    roundsSinceJoin.set(0);
                    return shared;
                })
                .doFinally(end -> wanted.remove(waiting))
                .onBackpressureLatest();
    }

    private Mono<Round> round() {
        Map<String, PurchasedInstance> all = wanted.stream()
                .flatMap(waiting -> waiting.get().stream())
                .collect(Collectors.toMap(PurchasedInstance::id, Function.identity(), (one, same) -> one));
        Round round = new Round(new HashSet<>(), new HashMap<>(), new HashMap<>(), new ConcurrentHashMap<>());
        return Flux.fromIterable(all.keySet())
                .buffer(ReadActions.MAX_IDS)
                .flatMap(
                        ids -> actions.instances(ids)
                                .map(shown -> Map.entry(ids, shown))
                                .onErrorResume(InstancePoll::mayPass, failure -> {
                                    ids.forEach(
                                            id -> round.notLookedUp().put(id, String.valueOf(failure.getMessage())));
                                    return skipped(failure);
                                }),
                        AT_ONCE)
                .doOnNext(shown -> {
                    round.lookedUp().addAll(shown.getKey());
                    round.shown().putAll(shown.getValue());
                })
                .then(Mono.defer(() -> rounds.incrementAndGet() % ROUNDS_PER_REASON == 0
                        ? reasons(round, all.values())
                        : Mono.just(round)));
    }

    /**
     * Adds the reasons why instances do not run. Without permission for these look-ups, the wait continues to the
     * deadline.
     */
    private Mono<Round> reasons(Round round, Collection<PurchasedInstance> all) {
        Map<Deal, List<PurchasedInstance>> late = all.stream()
                .filter(instance -> !isRunning(round, instance))
                .collect(Collectors.groupingBy(PurchasedInstance::deal));
        if (late.isEmpty()) {
            return Mono.just(round);
        }
        Mono<Void> deals = Flux.fromIterable(late.entrySet())
                .filter(deal -> deal.getKey().name().isPresent())
                .flatMap(
                        deal -> actions.failure(deal.getKey())
                                .map(why -> Map.entry(deal.getValue(), why))
                                .onErrorResume(CallFailure.class, InstancePoll::skipped),
                        AT_ONCE)
                .doOnNext(failed ->
                        failed.getKey().forEach(instance -> round.failures().put(instance.id(), failed.getValue())))
                .then();
        Mono<Void> tasks = actions.failedTasks()
                .onErrorResume(CallFailure.class, InstancePoll::skipped)
                .doOnNext(round.failures()::putAll)
                .then();
        return deals.then(tasks).thenReturn(round);
    }

    private static boolean isRunning(Round round, PurchasedInstance instance) {
        ListedInstance shown = round.shown().get(instance.id());
        return shown != null && shown.isRunning();
    }

    /** A look-up that is refused for a permission or a parameter will be refused again. */
    private static boolean mayPass(Throwable failure) {
        return failure instanceof ApiRefusal refusal
                ? refusal.code().kind() == Kind.THROTTLED || refusal.code().kind() == Kind.UNKNOWN
                : failure instanceof CallFailure;
    }

    private static <T> Mono<T> skipped(Throwable failure) {
        log.warn("a look-up of instances failed and is repeated: {}", failure.getMessage());
        return Mono.empty();
    }
}
