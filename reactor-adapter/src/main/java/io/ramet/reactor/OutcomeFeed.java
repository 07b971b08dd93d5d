package io.ramet.reactor;

import io.ramet.outcome.ChunkOutcome;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Tells subscribers that there is more to read in the journal, and lets each read at its own pace: a slow one misses news, never
 * outcomes.
 */
final class OutcomeFeed {

    /** How many outcomes stand in the journal, and whether there will be more. */
    record News(int settled, boolean ended) {}

    private final Sinks.Many<News> news = Sinks.many().replay().latest();
    private final AtomicInteger announcements = new AtomicInteger();
    private final Supplier<News> latest;

    OutcomeFeed(Supplier<News> latest) {
        this.latest = latest;
    }

    /** One emission at a time; whoever comes meanwhile leaves it to the one who is at it. */
    void announce() {
        if (announcements.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            News now = latest.get();
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
     * @param journal reads on after so many outcomes
     * @param rest makes the end out of the chunks that the subscriber was told
     * @return every outcome from the first on, then the rest
     */
    Flux<ChunkOutcome> outcomes(IntFunction<Flux<ChunkOutcome>> journal, Function<BitSet, Flux<ChunkOutcome>> rest) {
        return Flux.defer(() -> {
                    Cursor cursor = new Cursor();
                    return news.asFlux().onBackpressureLatest().concatMap(now -> cursor.read(now, journal, rest), 1);
                })
                .publishOn(Schedulers.parallel(), 1);
    }

    /** How far one subscriber has read. */
    private static final class Cursor {
        private final BitSet told = new BitSet();
        private int read;

        Flux<ChunkOutcome> read(
                News now, IntFunction<Flux<ChunkOutcome>> journal, Function<BitSet, Flux<ChunkOutcome>> rest) {
            Flux<ChunkOutcome> fresh =
                    read >= now.settled() ? Flux.empty() : journal.apply(read).doOnNext(this::pass);
            // Not concatWith: when nothing is fresh, it can lose what is asked for just then, or serve it twice.
            return now.ended() ? Flux.concat(Flux.just(fresh, Flux.defer(() -> rest.apply(told)))) : fresh;
        }

        private void pass(ChunkOutcome outcome) {
            told.set(outcome.chunk().index());
            read++;
        }
    }
}
