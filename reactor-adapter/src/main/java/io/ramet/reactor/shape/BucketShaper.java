package io.ramet.reactor.shape;

import io.ramet.error.InvalidRequestException;
import io.ramet.reactor.shape.Permits.Permit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * The queue before a Bucket4j bucket.
 *
 * <p>The shaper, not its waiters, takes permits: at most one ahead, which goes to whoever is at the head of the queue when its
 * time comes. So nothing is lost when a waiter leaves, and nothing is ever given back: a refunded permit would break the
 * window.
 *
 * <p>What counts is when the bytes go, not when the turn comes. So the next permit is taken when the sending before it has
 * ended, and a sending that was later than usual is charged for it: the bucket has meanwhile refilled, and the next one would
 * follow too soon. Lateness that is always the same shifts all calls alike and is not charged.
 */
final class BucketShaper implements RequestShaper {

    private static final Logger log = LoggerFactory.getLogger(BucketShaper.class);

    /** Lateness beyond the usual that is caught up with: it is part of the jitter that the shape absorbs. */
    private static final long TOLERATED = Duration.ofMillis(2).toNanos();

    private final Permits permits;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;

    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean reserved;
    private long charged;
    private long usualLateness;
    private long pausedUntil;

    BucketShaper(Permits permits, Scheduler scheduler, LongSupplier nanoTime) {
        this.permits = permits;
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.pausedUntil = nanoTime.getAsLong();
    }

    static BucketShaper local(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        InvalidRequestException.unless(callsPerSecond >= 1, "callsPerSecond", callsPerSecond, "must be 1 or more");
        InvalidRequestException.unless(!jitter.isNegative(), "jitter", jitter, "must not be negative");
        Duration window = Duration.ofSeconds(1).plus(jitter);
        return new BucketShaper(new LocalPermits(callsPerSecond, window, nanoTime), scheduler, nanoTime);
    }

    @Override
    public <T> Mono<T> shape(Mono<T> sending) {
        return turn().flatMap(turn -> sending.doFinally(signal -> ended(turn)));
    }

    private Mono<Turn> turn() {
        return Mono.create(sink -> {
            Waiter waiter = new Waiter(sink);
            synchronized (this) {
                waiters.addLast(waiter);
            }
            // Only now: one who has left before this is told at once.
            sink.onCancel(() -> leave(waiter));
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

    private void leave(Waiter waiter) {
        @Nullable Turn missed;
        synchronized (this) {
            waiters.remove(waiter);
            missed = waiter.turn;
        }
        if (missed != null) {
            ended(missed);
        }
    }

    private void reserve() {
        long late;
        synchronized (this) {
            if (reserved || waiters.isEmpty()) {
                return;
            }
            reserved = true;
            late = charged;
            charged = 0;
        }
        permits.take(late).subscribe(this::reserved, this::notReserved);
    }

    private void reserved(Permit permit) {
        await(permit, nanoTime.getAsLong() + permit.goodIn(), permit.goodIn());
    }

    private void notReserved(Throwable failure) {
        log.warn("no permit could be reserved; trying again in a second", failure);
        synchronized (this) {
            reserved = false;
        }
        scheduler.schedule(this::reserve, 1, TimeUnit.SECONDS);
    }

    private void await(Permit permit, long due, long wait) {
        scheduler.schedule(() -> come(permit, due), wait, TimeUnit.NANOSECONDS);
    }

    private void come(Permit permit, long due) {
        @Nullable Waiter head;
        Turn turn = new Turn(due);
        synchronized (this) {
            long now = nanoTime.getAsLong();
            long early = Math.max(due - now, pausedUntil - now);
            if (early > 0) {
                await(permit, due, early);
                return;
            }
            boolean stale = now - due > permit.goodFor();
            head = stale ? null : waiters.pollFirst();
            if (head == null) {
                reserved = false;
            } else {
                head.turn = turn;
            }
        }
        if (head == null) {
            reserve();
            return;
        }
        turn.limit = scheduler.schedule(() -> ended(turn), LONGEST_SENDING.toMillis(), TimeUnit.MILLISECONDS);
        head.sink.success(turn);
    }

    /** Comes once for each turn that was handed out. */
    private void ended(Turn turn) {
        synchronized (this) {
            if (turn.ended) {
                return;
            }
            turn.ended = true;
            reserved = false;
            long late = nanoTime.getAsLong() - turn.due;
            long unusual = late - usualLateness;
            usualLateness = unusual < 0 ? late : usualLateness + unusual / 8;
            charged = unusual > TOLERATED ? unusual : 0;
        }
        turn.limit.dispose();
        reserve();
    }

    /** Somebody in the queue, until the turn has come. */
    private static final class Waiter {
        private final MonoSink<Turn> sink;
        private @Nullable Turn turn;

        Waiter(MonoSink<Turn> sink) {
            this.sink = sink;
        }
    }

    /** A permit in somebody's hands. */
    private static final class Turn {
        private final long due;
        private volatile Disposable limit = Disposables.disposed();
        private boolean ended;

        Turn(long due) {
            this.due = due;
        }
    }
}
