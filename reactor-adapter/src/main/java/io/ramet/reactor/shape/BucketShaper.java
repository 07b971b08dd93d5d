package io.ramet.reactor.shape;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.concurrent.FatalErrors;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps an even pace with a Bucket4j bucket that holds one permit.
 *
 * <p>The shaper, not its waiting requests, acquires permits: at most one ahead, for the first request that is
 * connected. Therefore no permit is lost when a request leaves the queue, and none is ever given back, which would
 * break the pace.
 *
 * <p>The pace is that of the bytes, not of the permits. Therefore the next permit is acquired when the bytes of the
 * previous request have been written, and a request that is written later than usual is charged for it: the bucket was
 * refilled in the meantime, so the next request would follow too soon. Constant lateness delays all requests equally
 * and is not charged until it ends.
 */
final class BucketShaper extends QueuedShaper {

    private static final Logger log = LoggerFactory.getLogger(BucketShaper.class);

    /** Additional lateness up to this is not charged, because it is part of the jitter that the shaper absorbs. */
    private static final long TOLERATED = Duration.ofMillis(2).toNanos();

    /** A longer wait for a permit says nothing about the pace, because there were no permits. */
    private static final long LONGEST_WAIT = Duration.ofSeconds(1).toNanos();

    private final PermitSource permits;
    private final long period;

    private boolean reserved;
    private long reservedAt;
    /** The usual wait for a permit, which is longer than the period while other processes use the same bucket. */
    private long usualWait;

    private long usualLateness;
    private long pausedUntil;
    /** The permit that is due, until it is granted to a request. */
    private PermitSource.@Nullable Permit due;

    private long dueAt;
    private long lastGrant = NEVER;
    /** The time at which the bytes of the last request were written. */
    private long lastEnd = NEVER;

    BucketShaper(PermitSource permits, Duration period, Scheduler scheduler, LongSupplier nanoTime) {
        super(scheduler, nanoTime);
        this.permits = permits;
        this.period = period.toNanos();
    }

    static BucketShaper paced(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        InvalidValueException.unless(callsPerSecond >= 1, "callsPerSecond", callsPerSecond, "must be 1 or more");
        InvalidValueException.unless(!jitter.isNegative(), "jitter", jitter, "must not be negative");
        Duration window = Duration.ofSeconds(1).plus(jitter);
        return new BucketShaper(
                new LocalPermitSource(callsPerSecond, window, nanoTime),
                window.dividedBy(callsPerSecond),
                scheduler,
                nanoTime);
    }

    @Override
    public synchronized void pause(Duration time) {
        pausedUntil = Math.max(pausedUntil, now() + time.toNanos());
    }

    /**
     * A period after the last bytes, because the next shaper, paced like this one, grants its first permit at once.
     */
    @Override
    synchronized long untilQuiet() {
        return lastEnd == NEVER ? 0 : lastEnd + period - now();
    }

    @Override
    @Nullable
    Runnable preparation() {
        if (reserved || !isAnyReady()) {
            return null;
        }
        reserved = true;
        reservedAt = now();
        return () -> FatalErrors.contained("acquiring", permits::acquire).subscribe(this::reserved, this::notReserved);
    }

    private void reserved(PermitSource.Permit permit) {
        await(permit, now() + permit.delay(), permit.delay());
    }

    private void notReserved(Throwable failure) {
        log.warn("no permit could be acquired; trying again in a second", failure);
        scheduler.schedule(this::next, 1, TimeUnit.SECONDS);
    }

    private void next() {
        synchronized (this) {
            reserved = false;
        }
        changed();
    }

    private void await(PermitSource.Permit permit, long at, long wait) {
        scheduler.schedule(() -> arrive(permit, at), wait, TimeUnit.NANOSECONDS);
    }

    private void arrive(PermitSource.Permit permit, long at) {
        synchronized (this) {
            long now = now();
            long early = Math.max(at - now, pausedUntil - now);
            if (early > 0) {
                await(permit, at, early);
                return;
            }
            due = permit;
            dueAt = at;
        }
        changed();
    }

    @Override
    @Nullable
    Granted grant(long now) {
        PermitSource.Permit permit = due;
        if (permit == null) {
            return null;
        }
        due = null;
        if (now - dueAt > permit.validFor()) {
            reserved = false;
            return null;
        }
        lastGrant = now;
        usualWait += (Math.min(waited(now), LONGEST_WAIT) - usualWait) / 4;
        Sending sending = new Sending(now, dueAt, dueAt < pausedUntil);
        sending.limit = scheduler.schedule(sending::ended, LONGEST_SENDING.toMillis(), TimeUnit.MILLISECONDS);
        return sending;
    }

    @Override
    long expected(int ahead, long now) {
        long next = Math.max(now, pausedUntil);
        if (lastGrant != NEVER) {
            next = Math.max(next, lastGrant + period);
        }
        long pace = Math.max(period, Math.max(usualWait, reserved ? waited(now) : 0));
        return next + ahead * pace - now;
    }

    /** {@return the wait for the current permit, without pauses, which say nothing about the pace} */
    private long waited(long now) {
        return Math.max(0, now - Math.max(reservedAt, pausedUntil));
    }

    /** Never, because {@link #changed} is called when a permit becomes due. */
    @Override
    long nextGrant(long now) {
        return NEVER;
    }

    /** A permit that was granted, until the bytes of its request have been written. */
    private final class Sending extends Granted {

        private final long granted;
        private final long due;
        private final boolean paused;
        private volatile Disposable limit = Disposables.disposed();
        private boolean ended;

        /**
         * {@code paused} says that it is late because of a pause: it is charged, but does not change the usual
         * lateness.
         */
        Sending(long granted, long due, boolean paused) {
            this.granted = granted;
            this.due = due;
            this.paused = paused;
        }

        @Override
        public boolean use() {
            synchronized (BucketShaper.this) {
                return !ended && now() - granted < LONGEST_SENDING.toNanos();
            }
        }

        @Override
        public void written() {
            ended();
        }

        /** Called when the bytes have been written, when the exchange has ended, or when neither happens in time. */
        @Override
        void ended() {
            long unusual;
            synchronized (BucketShaper.this) {
                if (ended) {
                    return;
                }
                ended = true;
                lastEnd = now();
                long late = lastEnd - due;
                long change = late - usualLateness;
                if (!paused) {
                    usualLateness = change < 0 ? late : usualLateness + change / 8;
                }
                // Being less late than usual is charged as well: the requests before were not charged, so this one
                // follows too soon.
                unusual = Math.abs(change);
            }
            limit.dispose();
            if (unusual > TOLERATED) {
                FatalErrors.contained("charging", () -> permits.charge(unusual))
                        .subscribe(nothing -> {}, BucketShaper.this::notReserved, BucketShaper.this::next);
            } else {
                next();
            }
        }
    }
}
