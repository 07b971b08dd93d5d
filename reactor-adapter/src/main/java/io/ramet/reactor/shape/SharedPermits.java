package io.ramet.reactor.shape;

import static io.ramet.reactor.shape.SharedLimit.PERMIT;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.ramet.reactor.shape.SharedState.Mode;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Permits from a bucket that replicas share, or from this one's own share of the limit.
 *
 * <p>Nothing is reserved in the shared bucket: a permit is had at once or not at all. So when the bucket is lost, or comes back
 * older than it was, nobody holds a claim that it knows nothing of.
 */
final class SharedPermits implements Permits {

    private static final Duration LONGEST_ANSWER = Duration.ofMillis(250);
    private static final Duration WAITING_PAUSE = Duration.ofMillis(50);
    /** So many permits too late, or races lost, one after the other: the bucket is of no use. */
    private static final int MAX_TRIES = 20;

    private final AsyncBucketProxy bucket;
    private final SharedLimit limit;
    private final @Nullable Permits ownShare;
    private final Lending lending;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final Mono<Void> stopped;

    private final LongAdder shared = new LongAdder();
    private final LongAdder own = new LongAdder();
    private final LongAdder turnedDown = new LongAdder();
    private final LongAdder contended = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private volatile boolean closed;

    SharedPermits(
            Function<BucketConfiguration, AsyncBucketProxy> bucket,
            SharedLimit limit,
            @Nullable Attendance attendance,
            String name,
            Consumer<SharedState> listener,
            Scheduler scheduler,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.bucket = bucket.apply(limit.bucket());
        this.limit = limit;
        this.ownShare =
                limit.hasShares() ? new LocalPermits(limit.calls() / limit.replicas(), limit.window(), nanoTime) : null;
        this.lending = new Lending(limit, attendance, name, () -> listener.accept(state()), scheduler, nanoTime);
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.random = random;
        this.stopped = Mono.defer(() -> {
                    closed = true;
                    return lending.stop();
                })
                .cache();
    }

    void start() {
        lending.start();
    }

    /** Cold. */
    Mono<Void> close() {
        return stopped;
    }

    SharedState state() {
        return new SharedState(
                lending.mode(),
                lending.reason(),
                lending.present(),
                limit.replicas(),
                shared.sum(),
                own.sum(),
                turnedDown.sum(),
                contended.sum(),
                stale.sum(),
                lending.lapses());
    }

    @Override
    public Mono<Permit> take() {
        return untilHad(this::ask);
    }

    @Override
    public Mono<Void> charge(long late) {
        return untilHad(asking -> chargeFor(late, asking)).then();
    }

    /** Asks again, after the pause, for as long as the answer is empty. */
    private <T> Mono<T> untilHad(Function<Asking, Mono<T>> once) {
        return Mono.defer(() -> {
            Asking asking = new Asking();
            return Mono.defer(() -> once.apply(asking))
                    .repeatWhenEmpty(
                            Integer.MAX_VALUE,
                            empty -> empty.concatMap(again -> Mono.delay(Duration.ofNanos(asking.pause), scheduler)));
        });
    }

    /** Empty if it must be asked for again, after the pause. */
    private Mono<Permit> ask(Asking asking) {
        Mode source = closed ? Mode.WAITING : lending.source();
        if (source == Mode.OWN_SHARE && ownShare != null) {
            own.increment();
            return ownShare.take();
        }
        if (source != Mode.SHARED) {
            asking.pause = WAITING_PAUSE.toNanos();
            return closed ? Mono.never() : Mono.empty();
        }
        return askBucket(asking).timeout(LONGEST_ANSWER, scheduler).onErrorResume(failure -> failed(asking, failure));
    }

    /**
     * A little lateness is allowed for. Empty if it could not be charged: a charge that was lost to another replica would let
     * the next call follow too soon.
     */
    private Mono<Boolean> chargeFor(long late, Asking asking) {
        Mode source = closed ? Mode.WAITING : lending.source();
        if (source == Mode.OWN_SHARE && ownShare != null) {
            return ownShare.charge(late).thenReturn(true);
        }
        if (source != Mode.SHARED || late <= limit.askedLate().toNanos()) {
            return Mono.just(false);
        }
        return consume(PERMIT * Math.min(late, limit.period()) / limit.period())
                .thenReturn(true)
                .timeout(LONGEST_ANSWER, scheduler)
                .onErrorResume(failure -> failed(asking, failure));
    }

    private Mono<Permit> askBucket(Asking asking) {
        long asked = nanoTime.getAsLong();
        long forTheAbsent = forTheAbsent();
        return Mono.fromFuture(() -> bucket.tryConsumeAndReturnRemaining(PERMIT))
                .flatMap(probe -> {
                    lending.answered();
                    if (!probe.isConsumed()) {
                        return turnedDown(asking, probe);
                    }
                    return (forTheAbsent > 0 ? consume(forTheAbsent) : Mono.empty())
                            .then(Mono.defer(() -> had(asking, asked)));
                });
    }

    /** The shares of those who are not there are not given out: a permit costs as much more. */
    private long forTheAbsent() {
        int present = lending.present();
        return limit.hasShares() && present > 0 ? PERMIT * (limit.replicas() - present) / present : 0;
    }

    private Mono<Void> consume(long tokens) {
        return Mono.fromFuture(() -> bucket.consumeIgnoringRateLimits(tokens)).then();
    }

    private Mono<Permit> had(Asking asking, long asked) {
        // It may have been good ever since it was asked for.
        long goodFor = limit.goodFor().toNanos() - (nanoTime.getAsLong() - asked);
        if (goodFor < 0) {
            stale.increment();
            return inVain(asking, "the shared bucket is too slow");
        }
        shared.increment();
        return Mono.just(new Permit(0, goodFor));
    }

    /** Who has been turned down more often asks a little sooner. */
    private Mono<Permit> turnedDown(Asking asking, ConsumptionProbe probe) {
        turnedDown.increment();
        asking.inVain = 0;
        asking.turnedDown = Math.min(asking.turnedDown + 1, 20);
        asking.pause = probe.getNanosToWaitForRefill() + jitter() * 10 / (10 + asking.turnedDown);
        return Mono.empty();
    }

    private <T> Mono<T> failed(Asking asking, Throwable failure) {
        if (failure instanceof BucketExecutionException && failure.getCause() == null) {
            contended.increment();
            return inVain(asking, "too many ask the shared bucket at once");
        }
        asking.pause = WAITING_PAUSE.toNanos();
        if (failure instanceof TimeoutException) {
            lending.slow("the shared bucket does not answer in time");
        } else {
            lending.lapse("the shared bucket cannot be asked: " + failure);
        }
        return Mono.empty();
    }

    private <T> Mono<T> inVain(Asking asking, String why) {
        asking.inVain++;
        asking.pause = jitter() * Math.min(asking.inVain, 8);
        if (asking.inVain == MAX_TRIES) {
            asking.inVain = 0;
            lending.slow(why);
        }
        return Mono.empty();
    }

    private long jitter() {
        return random.nextLong(1 + limit.askedLate().toNanos() * 2 / 3);
    }

    /** Asking for one permit, until there is one. */
    private static final class Asking {
        private long pause;
        private int turnedDown;
        private int inVain;
    }
}
