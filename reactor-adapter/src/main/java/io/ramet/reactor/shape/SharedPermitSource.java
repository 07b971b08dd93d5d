package io.ramet.reactor.shape;

import static io.ramet.reactor.shape.SharedLimit.PERMIT;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Permits from a bucket that replicas share, or from this replica's own share of the limit.
 *
 * <p>Nothing is reserved in the shared bucket: a permit is consumed at once or not at all. Therefore, when the bucket
 * is lost or an older copy of it comes back, no replica holds a reservation that the bucket does not know.
 */
final class SharedPermitSource implements PermitSource {

    private static final Duration LONGEST_RESPONSE = Duration.ofMillis(250);
    /** Together with the response of the membership, shorter than the time to the next heartbeat. */
    private static final Duration LONGEST_PROBE = Duration.ofMillis(90);

    private static final Duration WAITING_PAUSE = Duration.ofMillis(50);
    /**
     * After this many permits in a row that came too late or were lost to other replicas, the bucket is given up for a
     * while.
     */
    private static final int MAX_TRIES = 20;

    private final AsyncBucketProxy bucket;
    private final SharedLimit limit;
    private final @Nullable PermitSource ownShare;
    private final OwnShareRule ownShareRule;
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
        StatusReports reports = new StatusReports(() -> listener.accept(state()));
        this.ownShareRule =
                new OwnShareRule(limit, membership, this::probe, name, reports::changed, scheduler, nanoTime);
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.random = random;
        this.stopped = Mono.defer(() -> {
                    closed = true;
                    return ownShareRule.stop();
                })
                .cache();
    }

    void start() {
        ownShareRule.start();
    }

    /** {@return a cold Mono that completes when the replica has left} */
    Mono<Void> close() {
        return stopped;
    }

    SharedShaperStatus state() {
        return ownShareRule.status(shared.sum(), own.sum(), rejected.sum(), contended.sum(), stale.sum());
    }

    @Override
    public Mono<Permit> acquire() {
        return untilPresent(this::tryAcquire);
    }

    @Override
    public Mono<Void> charge(long late) {
        return untilPresent(acquisition -> tryCharge(late, acquisition)).then();
    }

    /** Repeats {@code once}, after the acquisition's pause, for as long as its result is empty. */
    private <T> Mono<T> untilPresent(Function<Acquisition, Mono<T>> once) {
        return Mono.defer(() -> {
            Acquisition acquisition = new Acquisition();
            return Mono.defer(() -> once.apply(acquisition))
                    .repeatWhenEmpty(
                            Integer.MAX_VALUE,
                            empty -> empty.concatMap(
                                    again -> Mono.delay(Duration.ofNanos(acquisition.pause), scheduler)));
        });
    }

    /** {@return a permit; empty if the acquisition must be repeated after its pause} */
    private Mono<Permit> tryAcquire(Acquisition acquisition) {
        Mode source = closed ? Mode.WAITING : ownShareRule.source();
        if (source == Mode.OWN_SHARE && ownShare != null) {
            own.increment();
            return ownShare.acquire().map(this::ofOwnShare);
        }
        if (source != Mode.SHARED) {
            acquisition.pause = WAITING_PAUSE.toNanos();
            return closed ? Mono.never() : Mono.empty();
        }
        return tryBucket(acquisition)
                .timeout(LONGEST_RESPONSE, scheduler)
                .onErrorResume(failure -> failed(acquisition, failure));
    }

    /**
     * {@return the permit, which expires soon} Otherwise it could be used when the share is lent again: its request may
     * have been cancelled, and the next one may come much later. A request whose permit expires while it connects again
     * waits for a whole period, so the time is as long as the window allows.
     */
    private Permit ofOwnShare(Permit permit) {
        ownShareRule.usesOwnShare(permit.delay());
        return new Permit(permit.delay(), limit.jitter().toNanos());
    }

    /**
     * {@return whether the lateness was charged; empty if the charge must be repeated} A little lateness is absorbed.
     * Without the charge, the next request of another replica would follow too soon.
     */
    private Mono<Boolean> tryCharge(long late, Acquisition acquisition) {
        Mode source = closed ? Mode.WAITING : ownShareRule.source();
        if (source == Mode.OWN_SHARE && ownShare != null) {
            return ownShare.charge(late).thenReturn(true);
        }
        if (source != Mode.SHARED || late <= limit.requestedLate().toNanos()) {
            return Mono.just(false);
        }
        return consume(PERMIT * Math.min(late, limit.period()) / limit.period())
                .thenReturn(true)
                .timeout(LONGEST_RESPONSE, scheduler)
                .onErrorResume(failure -> failed(acquisition, failure));
    }

    private Mono<Permit> tryBucket(Acquisition acquisition) {
        long requested = nanoTime.getAsLong();
        long absentShares = absentShares();
        return asked(() -> bucket.tryConsumeAndReturnRemaining(PERMIT)).flatMap(probe -> {
            ownShareRule.responded();
            if (!probe.isConsumed()) {
                return rejected(acquisition, probe);
            }
            return (absentShares > 0 ? consume(absentShares) : Mono.empty())
                    .then(Mono.defer(() -> consumed(acquisition, requested)));
        });
    }

    /** {@return the additional tokens for a permit, so that the shares of absent replicas are not granted} */
    private long absentShares() {
        int present = ownShareRule.present();
        return limit.hasShares() && present > 0 ? PERMIT * (limit.replicas() - present) / present : 0;
    }

    /** {@return completes if the bucket can be used} A thousandth of a permit is consumed. */
    private Mono<Void> probe() {
        return consume(1)
                .timeout(LONGEST_PROBE, scheduler)
                .onErrorComplete(SharedPermitSource::isContention)
                .onErrorMap(failure -> new IllegalStateException(unusable(failure), failure));
    }

    private Mono<Void> consume(long tokens) {
        return asked(() -> bucket.consumeIgnoringRateLimits(tokens)).then();
    }

    /**
     * Turns an error such as a missing class into a failure: Reactor throws such an error past all operators, and no
     * permit would ever be granted.
     */
    private static <T> Mono<T> asked(Supplier<CompletableFuture<T>> command) {
        return Mono.fromFuture(() -> {
            try {
                return command.get();
            } catch (LinkageError | VirtualMachineError e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private Mono<Permit> consumed(Acquisition acquisition, long requested) {
        // The permit may have been valid since the moment it was requested.
        long validFor = limit.validFor().toNanos() - (nanoTime.getAsLong() - requested);
        if (validFor < 0) {
            stale.increment();
            return failedAttempts(acquisition, "the shared bucket is too slow");
        }
        shared.increment();
        return Mono.just(new Permit(0, validFor));
    }

    /** A request that was rejected more often waits a little less before the next try. */
    private Mono<Permit> rejected(Acquisition acquisition, ConsumptionProbe probe) {
        rejected.increment();
        acquisition.failedAttempts = 0;
        acquisition.rejected = Math.min(acquisition.rejected + 1, 20);
        acquisition.pause = probe.getNanosToWaitForRefill() + jitter() * 10 / (10 + acquisition.rejected);
        return Mono.empty();
    }

    private <T> Mono<T> failed(Acquisition acquisition, Throwable failure) {
        if (isContention(failure)) {
            contended.increment();
            return failedAttempts(acquisition, "too many replicas use the shared bucket at once");
        }
        acquisition.pause = WAITING_PAUSE.toNanos();
        if (failure instanceof TimeoutException) {
            ownShareRule.slow(unusable(failure));
        } else {
            ownShareRule.degrade(unusable(failure));
        }
        return Mono.empty();
    }

    private static String unusable(Throwable failure) {
        return failure instanceof TimeoutException
                ? "the shared bucket does not respond in time"
                : "the shared bucket cannot be used: " + failure.getMessage();
    }

    private static boolean isContention(Throwable failure) {
        return failure instanceof BucketExecutionException && failure.getCause() == null;
    }

    private <T> Mono<T> failedAttempts(Acquisition acquisition, String why) {
        acquisition.failedAttempts++;
        acquisition.pause = jitter() * Math.min(acquisition.failedAttempts, 8);
        if (acquisition.failedAttempts == MAX_TRIES) {
            acquisition.failedAttempts = 0;
            ownShareRule.slow(why);
        }
        return Mono.empty();
    }

    private long jitter() {
        return random.nextLong(1 + limit.requestedLate().toNanos() * 2 / 3);
    }

    /** The acquisition of one permit, over all its tries. */
    private static final class Acquisition {
        private long pause;
        private int rejected;
        private int failedAttempts;
    }
}
