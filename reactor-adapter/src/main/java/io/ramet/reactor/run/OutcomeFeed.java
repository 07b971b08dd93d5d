package io.ramet.reactor.run;

import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.concurrent.DrainLoop;
import io.ramet.reactor.journal.PlacedOutcome;
import java.util.BitSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Emits the outcomes of a run. A subscriber is a cursor over the journal that is notified when there is more to read.
 * Therefore each emitted outcome is durable, a late subscriber sees the same outcomes as an early one, a slow one
 * misses notifications but no outcome and costs no memory, and no subscriber can delay the others.
 */
final class OutcomeFeed {

    /** How many outcomes are in the journal, and whether there will be no more. */
    private record Progress(int settled, boolean ended) {}

    private final ClonePlan plan;
    private final RunState state;
    private final LongFunction<Flux<PlacedOutcome>> journal;
    private final Sinks.Many<Progress> notifications = Sinks.many().replay().latest();
    private final DrainLoop announcements = new DrainLoop(this::next);
    private volatile boolean ended;
    /** Used by the drain loop only. */
    private @Nullable Progress announced;

    /** {@code journal} reads the outcomes after a place. */
    OutcomeFeed(ClonePlan plan, RunState state, LongFunction<Flux<PlacedOutcome>> journal) {
        this.plan = plan;
        this.state = state;
        this.journal = journal;
    }

    /** Notifies subscribers that there is more to read. */
    void announce() {
        announcements.run();
    }

    private @Nullable Runnable next() {
        Progress now = progress();
        if (now.equals(announced)) {
            return null;
        }
        announced = now;
        return () -> emit(now);
    }

    private void emit(Progress now) {
        try {
            notifications.tryEmitNext(now);
        } finally {
            // Also if there is no thread for one of the subscribers.
            if (now.ended()) {
                notifications.tryEmitComplete();
            }
        }
    }

    /** Completes the streams; called once the journal is released. */
    void end() {
        ended = true;
        announce();
    }

    /** {@return every outcome, then the chunks that were not sent as {@code NotCloned}; then completes} */
    Flux<ChunkOutcome> outcomes() {
        return outcomes(this::rest);
    }

    /** {@return every outcome from the first on; then completes} */
    Flux<ChunkOutcome> settled() {
        return outcomes(seen -> Mono.justOrEmpty(failure(seen)).flatMapMany(Flux::error));
    }

    /**
     * Emits on non-blocking threads separate from the run's: a subscriber may close the client without deadlock, and a
     * slow or failing one affects only itself.
     */
    private Flux<ChunkOutcome> outcomes(Function<BitSet, Flux<ChunkOutcome>> end) {
        return Flux.defer(() -> {
                    Cursor cursor = new Cursor(end);
                    return notifications.asFlux().onBackpressureLatest().concatMap(cursor::read, 1);
                })
                .publishOn(Schedulers.parallel(), 1);
    }

    /**
     * {@return the chunks that this subscriber has not seen, as not cloned} Kept per subscriber, because a later run
     * may have completed more of them.
     */
    private Flux<ChunkOutcome> rest(BitSet seen) {
        Throwable failure = failure(seen);
        if (failure != null) {
            return Flux.error(failure);
        }
        NotSent reason = state.reasonNotSent();
        return Flux.fromStream(() -> plan.chunks().filter(chunk -> !seen.get(chunk.index())))
                .map(chunk -> new NotCloned(chunk, reason));
    }

    private @Nullable Throwable failure(BitSet seen) {
        Throwable failure = state.failure();
        return failure != null ? failure : state.lost(seen);
    }

    private Progress progress() {
        // In this order, because a run that has ended settles nothing more.
        boolean last = ended;
        return new Progress(state.settledCount(), last);
    }

    /** How far one subscriber has read. */
    private final class Cursor {

        private final BitSet seen = new BitSet();
        private final Function<BitSet, Flux<ChunkOutcome>> end;
        private long place;

        Cursor(Function<BitSet, Flux<ChunkOutcome>> end) {
            this.end = end;
        }

        Flux<ChunkOutcome> read(Progress now) {
            // The second read is from the start: a database that has lost commits assigns their places again.
            Flux<ChunkOutcome> fresh =
                    Flux.concat(Flux.just(Flux.defer(() -> missing(now, place)), Flux.defer(() -> missing(now, 0))));
            // Not concatWith: if nothing is fresh, it can lose a request(n) that arrives just then, or pass it on
            // twice.
            return now.ended() ? Flux.concat(Flux.just(fresh, Flux.defer(() -> end.apply(seen)))) : fresh;
        }

        private Flux<ChunkOutcome> missing(Progress now, long after) {
            return seen.cardinality() >= now.settled()
                    ? Flux.empty()
                    : journal.apply(after).mapNotNull(this::next);
        }

        private @Nullable ChunkOutcome next(PlacedOutcome placed) {
            int index = placed.outcome().chunk().index();
            place = Math.max(place, placed.place());
            if (seen.get(index)) {
                return null;
            }
            seen.set(index);
            return placed.outcome();
        }
    }
}
