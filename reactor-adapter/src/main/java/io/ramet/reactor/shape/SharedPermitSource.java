package io.ramet.reactor.shape;

import static io.ramet.reactor.shape.SharedLimit.PERMIT;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
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
final class SharedPermitSource implements PermitSource {

    private static final Duration LONGEST_ANSWER = Duration.ofMillis(250);
    private static final Duration WAITING_PAUSE = Duration.ofMillis(50);
    /** So many permits too late, or races lost, one after the other: the bucket is of no use. */
    private static final int MAX_TRIES = 20;

    private final AsyncBucketProxy bucket;
    private final SharedLimit limit;
    private final @Nullable PermitSource ownShare;
    private final ShareLease lending;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final Mono<Void> stopped;

    private final LongAdder shared = new LongAdder();
    private final LongAdder own = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder contended = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private volatile boolean closed;

    SharedPermitSource(
            Function<BucketConfiguration, AsyncBucketProxy> bucket,
            SharedLimit limit,
            @Nullable Membership membership,
            String name,
            Consumer<SharedShaperStatus> listener,
            Scheduler scheduler,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.bucket = bucket.apply(limit.bucket());
        this.limit = limit;
        this.ownShare = limit.hasShares()
                ? new LocalPermitSource(limit.calls() / limit.replicas(), limit.window(), nanoTime)
                : null;
        this.lending = new ShareLease(limit, membership, name, () -> listener.accept(state()), scheduler, nanoTime);
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

    SharedShaperStatus state() {
        return new SharedShaperStatus(
                lending.mode(),
                lending.reason(),
                lending.present(),
                limit.replicas(),
                shared.sum(),
                own.sum(),
                rejected.sum(),
                contended.sum(),
                stale.sum(),
                lending.degradations());
    }

    @Override
    public Mono<Permit> take() {
        return untilHad(this::ask);
    }

    @Override
    public Mono<Void> charge(long late) {
        return untilHad(acquisition -> chargeFor(late, acquisition)).then();
    }

    /** Asks again, after the pause, for as long as the answer is empty. */
    private <T> Mono<T> untilHad(Function<Acquisition, Mono<T>> once) {
        return Mono.defer(() -> {
            Acquisition acquisition = new Acquisition();
            return Mono.defer(() -> once.apply(acquisition))
                    .repeatWhenEmpty(
                            Integer.MAX_VALUE,
                            empty -> empty.concatMap(
                                    again -> Mono.delay(Duration.ofNanos(acquisition.pause), scheduler)));
        });
    }

    /** Empty if it must be asked for again, after the pause. */
    private Mono<Permit> ask(Acquisition acquisition) {
        Mode source = closed ? Mode.WAITING : lending.source();
        if (source == Mode.OWN_SHARE && ownShare != null) {
            own.increment();
            return ownShare.take();
        }
        if (source != Mode.SHARED) {
            acquisition.pause = WAITING_PAUSE.toNanos();
            return closed ? Mono.never() : Mono.empty();
        }
        return askBucket(acquisition)
                .timeout(LONGEST_ANSWER, scheduler)
                .onErrorResume(failure -> failed(acquisition, failure));
    }

    /**
     * A little lateness is allowed for. Empty if it could not be charged: a charge that was lost to another replica would let
     * the next call follow too soon.
     */
    private Mono<Boolean> chargeFor(long late, Acquisition acquisition) {
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
                .onErrorResume(failure -> failed(acquisition, failure));
    }

    private Mono<Permit> askBucket(Acquisition acquisition) {
        long asked = nanoTime.getAsLong();
        long forTheAbsent = forTheAbsent();
        return Mono.fromFuture(() -> bucket.tryConsumeAndReturnRemaining(PERMIT))
                .flatMap(probe -> {
                    lending.answered();
                    if (!probe.isConsumed()) {
                        return rejected(acquisition, probe);
                    }
                    return (forTheAbsent > 0 ? consume(forTheAbsent) : Mono.empty())
                            .then(Mono.defer(() -> had(acquisition, asked)));
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

    private Mono<Permit> had(Acquisition acquisition, long asked) {
        // It may have been good ever since it was asked for.
        long validFor = limit.validFor().toNanos() - (nanoTime.getAsLong() - asked);
        if (validFor < 0) {
            stale.increment();
            return failedAttempts(acquisition, "the shared bucket is too slow");
        }
        shared.increment();
        return Mono.just(new Permit(0, validFor));
    }

    /** Who has been turned down more often asks a little sooner. */
    private Mono<Permit> rejected(Acquisition acquisition, ConsumptionProbe probe) {
        rejected.increment();
        acquisition.failedAttempts = 0;
        acquisition.rejected = Math.min(acquisition.rejected + 1, 20);
        acquisition.pause = probe.getNanosToWaitForRefill() + jitter() * 10 / (10 + acquisition.rejected);
        return Mono.empty();
    }

    private <T> Mono<T> failed(Acquisition acquisition, Throwable failure) {
        if (failure instanceof BucketExecutionException && failure.getCause() == null) {
            contended.increment();
            return failedAttempts(acquisition, "too many ask the shared bucket at once");
        }
        acquisition.pause = WAITING_PAUSE.toNanos();
        if (failure instanceof TimeoutException) {
            lending.slow("the shared bucket does not answer in time");
        } else {
            lending.degrade("the shared bucket cannot be asked: " + failure);
        }
        return Mono.empty();
    }

    private <T> Mono<T> failedAttempts(Acquisition acquisition, String why) {
        acquisition.failedAttempts++;
        acquisition.pause = jitter() * Math.min(acquisition.failedAttempts, 8);
        if (acquisition.failedAttempts == MAX_TRIES) {
            acquisition.failedAttempts = 0;
            lending.slow(why);
        }
        return Mono.empty();
    }

    private long jitter() {
        return random.nextLong(1 + limit.askedLate().toNanos() * 2 / 3);
    }

    /** Asking for one permit, until there is one. */
    private static final class Acquisition {
        private long pause;
        private int rejected;
        private int failedAttempts;
    }
}
