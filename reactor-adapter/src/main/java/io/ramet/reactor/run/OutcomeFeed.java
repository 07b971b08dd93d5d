package io.ramet.reactor.run;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.reactor.journal.PlacedOutcome;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Tells subscribers that there is more to read in the journal, and lets each read at its own pace: a slow one misses news, never
 * outcomes.
 */
final class OutcomeFeed {

    /** How many outcomes stand in the journal, and whether there will be more. */
    public record Progress(int settled, boolean ended) {}

    private final Sinks.Many<Progress> news = Sinks.many().replay().latest();
    private final AtomicInteger announcements = new AtomicInteger();
    private final Supplier<Progress> latest;

    OutcomeFeed(Supplier<Progress> latest) {
        this.latest = latest;
    }

    /** One emission at a time; whoever comes meanwhile leaves it to the one who is at it. */
    void announce() {
        if (announcements.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            Progress now = latest.get();
            news.tryEmitNext(now);
            if (now.ended()) {
                news.tryEmitComplete();
            }
            missed = announcements.addAndGet(-missed);
        }
    }

    /**
     * Tells on threads that must not block, so that a subscriber who closes the client does not wait for himself, and apart
     * from the run, so that what a subscriber throws, or takes his time over, is his own affair.
     *
     * @param journal reads on after a place
     * @param rest makes the end out of the chunks that the subscriber was told
     * @return every outcome from the first on, then the rest
     */
    public Flux<ChunkOutcome> outcomes(
            LongFunction<Flux<PlacedOutcome>> journal, Function<BitSet, Flux<ChunkOutcome>> rest) {
        return Flux.defer(() -> {
                    Cursor cursor = new Cursor();
                    return news.asFlux().onBackpressureLatest().concatMap(now -> cursor.read(now, journal, rest), 1);
                })
                .publishOn(Schedulers.parallel(), 1);
    }

    /** How far one subscriber has read. */
    private static final class Cursor {
        private final BitSet told = new BitSet();
        private long place;

        Flux<ChunkOutcome> read(
                Progress now, LongFunction<Flux<PlacedOutcome>> journal, Function<BitSet, Flux<ChunkOutcome>> rest) {
            // And what is missing then has a place that was read past: a database that lost commits gives places out
            // again.
            Flux<ChunkOutcome> fresh = Flux.concat(Flux.just(
                    Flux.defer(() -> missing(now, journal, place)), Flux.defer(() -> missing(now, journal, 0))));
            // Not concatWith: when nothing is fresh, it can lose what is asked for just then, or serve it twice.
            return now.ended() ? Flux.concat(Flux.just(fresh, Flux.defer(() -> rest.apply(told)))) : fresh;
        }

        private Flux<ChunkOutcome> missing(Progress now, LongFunction<Flux<PlacedOutcome>> journal, long after) {
            return told.cardinality() >= now.settled()
                    ? Flux.empty()
                    : journal.apply(after).mapNotNull(this::pass);
        }

        private @Nullable ChunkOutcome pass(PlacedOutcome placed) {
            int index = placed.outcome().chunk().index();
            place = Math.max(place, placed.place());
            if (told.get(index)) {
                return null;
            }
            told.set(index);
            return placed.outcome();
        }
    }
}
