package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.AsyncBucketProxyAdapter;
import io.ramet.error.InvalidRequestException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * A shaper on a Bucket4j bucket of one permit.
 *
 * <p>One permit, because a full bucket of twenty lets nearly forty calls into one second. The shaper, not its waiters,
 * reserves: at most one permit ahead, which goes to whoever is at the head of the queue when its time comes. So nothing is
 * lost when a waiter leaves, and nothing is ever given back: a refunded permit would break the window.
 *
 * <p>A permit is a thousand tokens, so that time can be charged in parts. When a turn comes late (a pause of the process),
 * the bucket has meanwhile refilled and the next turn would follow too soon; that refill is taken out again.
 */
final class BucketShaper implements RequestShaper {

    private static final Logger log = LoggerFactory.getLogger(BucketShaper.class);

    private static final long PERMIT = 1_000;
    /** Ordinary lateness of a timer, which is caught up with: it is part of the jitter that the shape absorbs. */
    private static final long TOLERATED = Duration.ofMillis(2).toNanos();

    private final AsyncBucketProxy bucket;
    private final long period;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;

    private final Deque<MonoSink<Void>> waiters = new ArrayDeque<>();
    private boolean reserved;
    private long surcharge;
    private long pausedUntil;

    private BucketShaper(AsyncBucketProxy bucket, long period, Scheduler scheduler, LongSupplier nanoTime) {
        this.bucket = bucket;
        this.period = period;
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.pausedUntil = nanoTime.getAsLong();
    }

    static BucketShaper local(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        InvalidRequestException.unless(callsPerSecond >= 1, "callsPerSecond", callsPerSecond, "must be 1 or more");
        InvalidRequestException.unless(!jitter.isNegative(), "jitter", jitter, "must not be negative");
        Duration window = Duration.ofSeconds(1).plus(jitter);
        Bucket bucket = Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(PERMIT)
                        .refillGreedy(callsPerSecond * PERMIT, window)
                        .build())
                .withCustomTimePrecision(new Ticks(nanoTime))
                .build();
        return new BucketShaper(
                AsyncBucketProxyAdapter.fromSync(bucket), window.toNanos() / callsPerSecond, scheduler, nanoTime);
    }

    @Override
    public Mono<Void> turn() {
        return Mono.create(waiter -> {
            waiter.onCancel(() -> leave(waiter));
            synchronized (this) {
                waiters.addLast(waiter);
            }
            reserve();
        });
    }

    @Override
    public void pause(Duration time) {
        synchronized (this) {
            long until = nanoTime.getAsLong() + time.toNanos();
            pausedUntil = until - pausedUntil > 0 ? until : pausedUntil;
        }
    }

    private synchronized void leave(MonoSink<Void> waiter) {
        waiters.remove(waiter);
    }

    private void reserve() {
        long tokens;
        synchronized (this) {
            if (reserved || waiters.isEmpty()) {
                return;
            }
            reserved = true;
            tokens = PERMIT + surcharge;
            surcharge = 0;
        }
        Mono.fromFuture(() -> bucket.consumeIgnoringRateLimits(tokens)).subscribe(this::reserved, this::notReserved);
    }

    private void reserved(long wait) {
        await(nanoTime.getAsLong() + wait, wait);
    }

    private void notReserved(Throwable failure) {
        log.warn("no permit could be reserved; trying again in a second", failure);
        synchronized (this) {
            reserved = false;
        }
        scheduler.schedule(this::reserve, 1, TimeUnit.SECONDS);
    }

    private void await(long due, long wait) {
        scheduler.schedule(() -> come(due), wait, TimeUnit.NANOSECONDS);
    }

    private void come(long due) {
        @Nullable MonoSink<Void> head;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            long early = Math.max(due - now, pausedUntil - now);
            if (early > 0) {
                await(due, early);
                return;
            }
            long late = now - due;
            surcharge = late > TOLERATED ? PERMIT * Math.min(late, period) / period : 0;
            head = waiters.pollFirst();
            reserved = false;
        }
        // In this order: whatever the head throws, the next one's turn comes.
        reserve();
        if (head != null) {
            head.success();
        }
    }

    private static final class Ticks implements TimeMeter {

        private final LongSupplier nanoTime;

        Ticks(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
        }

        @Override
        public long currentTimeNanos() {
            return nanoTime.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
