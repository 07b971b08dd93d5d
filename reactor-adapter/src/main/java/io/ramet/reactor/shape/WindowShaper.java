package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.ramet.error.InvalidValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * A sliding window of permits, in a Bucket4j bucket that is not refilled by time: a permit returns when its request can
 * no longer arrive at the server in the same second as the next one. Any lateness (a cold start, a slow disk, a pause
 * of the process) delays the return by itself, so nothing has to be estimated.
 *
 * <p>Bytes that were handed to the operating system may not have left yet. Therefore nothing is sent during a {@link
 * Silence}. A request whose response is later than usual by more than the jitter may have been delayed by the network,
 * so its permit returns only when it has ended.
 */
final class WindowShaper extends QueuedShaper {

    private static final Logger log = LoggerFactory.getLogger(WindowShaper.class);

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** How long requests are paced after one was throttled. */
    private static final long QUIET = Duration.ofSeconds(10).toNanos();
    /** Bucket4j has no bucket without a refill. */
    private static final Duration A_CENTURY = Duration.ofDays(36_500);

    private final boolean strict;
    private final long jitter;
    private final long window;
    private final long period;
    private final Bucket bucket;
    private final List<Sent> out = new ArrayList<>();
    private final Silence silence = new Silence();
    private long lastGrant;
    private long pausedUntil;
    private long pacedUntil;
    private boolean paced;

    WindowShaper(int callsPerSecond, Duration jitter, boolean strict, Scheduler scheduler, LongSupplier nanoTime) {
        super(scheduler, nanoTime);
        InvalidValueException.unless(callsPerSecond >= 1, "callsPerSecond", callsPerSecond, "must be 1 or more");
        InvalidValueException.unless(!jitter.isNegative(), "jitter", jitter, "must not be negative");
        this.strict = strict;
        this.jitter = jitter.toNanos();
        this.window = SECOND + this.jitter;
        this.period = window / callsPerSecond;
        this.lastGrant = -window;
        this.bucket = Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(callsPerSecond)
                        .refillIntervally(callsPerSecond, A_CENTURY)
                        .build())
                .build();
    }

    @Override
    public synchronized void pause(Duration time) {
        pausedUntil = Math.max(pausedUntil, now() + time.toNanos());
        pacedUntil = pausedUntil + QUIET;
        if (!paced) {
            log.warn(
                    "throttled although the window was kept: no request for {} ms, then one every {} ms until "
                            + "{} s have passed without throttling",
                    time.toMillis(),
                    Duration.ofNanos(period).toMillis(),
                    Duration.ofNanos(QUIET).toSeconds());
        }
        paced = true;
    }

    @Override
    synchronized long untilQuiet() {
        long now = now();
        return out.stream()
                        .mapToLong(sent -> Math.min(sent.back(now), now + window))
                        .max()
                        .orElse(now)
                - now;
    }

    @Override
    @Nullable
    Granted grant(long now) {
        takeBack(now);
        if (paced && now >= pacedUntil) {
            paced = false;
            log.info(
                    "not throttled for {} s: no longer paced",
                    Duration.ofNanos(QUIET).toSeconds());
        }
        if (earliest(0, now) > now || !bucket.tryConsume(1)) {
            return null;
        }
        Sent sent = new Sent(now);
        out.add(sent);
        lastGrant = now;
        return sent;
    }

    @Override
    long expected(int ahead, long now) {
        long earliest = earliest(ahead, now);
        if (earliest == NEVER) {
            return NEVER;
        }
        long free = bucket.getAvailableTokens();
        long back = now;
        if (ahead >= free) {
            long[] returns =
                    out.stream().mapToLong(sent -> sent.back(now)).sorted().toArray();
            int needed = (int) (ahead - free);
            back = needed < returns.length ? returns[needed] : NEVER;
        }
        return back == NEVER ? NEVER : Math.max(earliest, back) - now;
    }

    @Override
    long nextGrant(long now) {
        return expected(0, now);
    }

    /** {@return the earliest time of the permit, if the number of permits were unlimited} */
    private long earliest(int ahead, long now) {
        if (silence.isSilent(now)) {
            return ahead == 0 ? Math.max(silence.probe(lastGrant), pausedUntil) : NEVER;
        }
        long next = paced ? Math.max(pausedUntil, lastGrant + period) + ahead * period : pausedUntil;
        return Math.max(next, now);
    }

    private void takeBack(long now) {
        for (Iterator<Sent> each = out.iterator(); each.hasNext(); ) {
            Sent sent = each.next();
            if (sent.back(now) <= now) {
                each.remove();
                sent.over = true;
                bucket.addTokens(1);
            }
        }
    }

    /** A permit that has not returned yet. */
    private final class Sent extends Granted {

        private final long granted;
        private boolean used;
        private boolean over;
        private boolean done;
        private boolean late;
        private long number;
        private long usedAt;
        /**
         * The usual time of a response when the permit was used, or 0 if unknown; responses of its own window do not
         * count.
         */
        private long usual;
        /** When it returns because of the time since its bytes left. */
        private long byTime = NEVER;
        /** When it returns because the request is certainly no longer on its way. */
        private long byEnd = NEVER;

        Sent(long granted) {
            this.granted = granted;
        }

        long back(long now) {
            if (!used) {
                return granted + LONGEST_SENDING.toNanos();
            }
            return silence.hasResponses() && !silence.isSilent(now) && !(done ? late : overdue(byTime))
                    ? Math.min(byTime, byEnd)
                    : byEnd;
        }

        private boolean overdue(long at) {
            long expected = usual == 0 ? silence.usual() : usual;
            return expected > 0 && at - usedAt > expected + jitter;
        }

        @Override
        public boolean use() {
            synchronized (WindowShaper.this) {
                long now = now();
                if (used || over || done || back(now) <= now) {
                    return false;
                }
                used = true;
                usedAt = now;
                usual = silence.usual();
                number = silence.sent(now);
                return true;
            }
        }

        @Override
        public void written() {
            synchronized (WindowShaper.this) {
                if (used && byTime == NEVER && !strict) {
                    byTime = now() + window;
                }
            }
            changed();
        }

        @Override
        void responded() {
            synchronized (WindowShaper.this) {
                if (!used || done) {
                    return;
                }
                done = true;
                long now = now();
                late = overdue(now);
                if (silence.isSilent(now)) {
                    // Requests that the network delayed arrive only now.
                    out.forEach(
                            sent -> sent.byTime = sent.byTime == NEVER ? NEVER : Math.max(sent.byTime, now + window));
                }
                byEnd = now + SECOND;
                silence.responded(now, number, now - usedAt);
            }
        }

        @Override
        void ended() {
            synchronized (WindowShaper.this) {
                if (done) {
                    return;
                }
                done = true;
                if (used) {
                    long now = now();
                    late = overdue(now);
                    byEnd = now + window;
                    silence.lost(number);
                } else if (!over) {
                    over = true;
                    out.remove(this);
                    bucket.addTokens(1);
                }
            }
        }
    }
}
