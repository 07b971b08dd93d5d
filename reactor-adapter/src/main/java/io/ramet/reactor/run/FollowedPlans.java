package io.ramet.reactor.run;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.UnknownPlanException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Follows plans that run in other processes by polling the journal. All subscribers of a plan share one poll. */
public final class FollowedPlans {

    private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(1);
    /** Subscribers share one read of this many outcomes; each reads the rest at its own pace. */
    private static final int MAX_SHARED = 256;

    /**
     * Whether the plan was held, and the outcomes after a place. The outcomes are read second, so the last look misses
     * none.
     */
    private record Look(boolean held, long after, List<PlacedOutcome> outcomes) {

        boolean whole() {
            return outcomes.size() < MAX_SHARED;
        }

        long last() {
            return outcomes.isEmpty()
                    ? after
                    : outcomes.get(outcomes.size() - 1).place();
        }
    }

    private final CloneJournal journal;
    private final Scheduler timer;
    private final Map<PlanId, Flux<Look>> looks = new ConcurrentHashMap<>();

    public FollowedPlans(CloneJournal journal, Scheduler timer) {
        this.journal = journal;
        this.timer = timer;
    }

    /**
     * {@return every outcome from the first on; completes when no process holds the plan, and fails with {@link
     * UnknownPlanException} once the journal no longer knows it}
     */
    public Flux<ChunkOutcome> follow(PlanId id) {
        return Flux.defer(() -> {
            Cursor cursor = new Cursor(id);
            return looks.computeIfAbsent(id, this::looking)
                    .onBackpressureLatest()
                    .concatMap(cursor::read, 1)
                    .map(PlacedOutcome::outcome);
        });
    }

    private Flux<Look> looking(PlanId id) {
        return Flux.defer(() -> {
                    AtomicLong last = new AtomicLong();
                    Mono<Look> look = Mono.defer(() -> look(id, last.get())).doOnNext(found -> last.set(found.last()));
                    return look.repeatWhen(looked -> looked.concatMap(n -> Mono.delay(READ_AGAIN_AFTER, timer), 1))
                            .takeUntil(found -> !found.held());
                })
                .doFinally(end -> looks.remove(id))
                .replay(1)
                .refCount();
    }

    private Mono<Look> look(PlanId id, long after) {
        return journal.held(id)
                .switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)))
                .flatMap(held -> journal.outcomes(id, after)
                        .take(MAX_SHARED)
                        .collectList()
                        .map(outcomes -> new Look(held, after, outcomes)));
    }

    /** How far one subscriber has read. */
    private final class Cursor {

        private final PlanId id;
        private final BitSet seen = new BitSet();
        private long place;

        Cursor(PlanId id) {
            this.id = id;
        }

        Flux<PlacedOutcome> read(Look look) {
            Flux<PlacedOutcome> fresh = fresh(look).doOnNext(this::note);
            // The last look also reads from the start: a database that has lost commits assigns their places again.
            return look.held() ? fresh : Flux.concat(Flux.just(fresh, Flux.defer(this::missed)));
        }

        private Flux<PlacedOutcome> fresh(Look look) {
            return look.after() <= place && (look.held() || look.whole())
                    ? Flux.fromIterable(look.outcomes()).filter(placed -> placed.place() > place)
                    : journal.outcomes(id, place);
        }

        private Flux<PlacedOutcome> missed() {
            return journal.outcomes(id, 0)
                    .filter(placed -> !seen.get(placed.outcome().chunk().index()));
        }

        private void note(PlacedOutcome placed) {
            seen.set(placed.outcome().chunk().index());
            place = placed.place();
        }
    }
}
