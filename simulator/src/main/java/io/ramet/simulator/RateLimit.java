package io.ramet.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * A limit on the requests of one action that the server admits. Immutable. Its time is the time of the
 * {@linkplain Arrival#nanoTime() arrivals}. The real service publishes a number per second, but not when its seconds
 * begin, so there are several forms of limits to test against.
 *
 * <p>A request that exceeds a limit is not counted against it.
 */
public final class RateLimit {

    private static final long SECOND = 1_000_000_000L;

    private final String text;
    private final Supplier<LongPredicate> counters;

    private RateLimit(String text, Supplier<LongPredicate> counters) {
        this.text = text;
        this.counters = counters;
    }

    /**
     * {@return a limit on every window of one second, wherever it begins; the strictest reading of "n a second"}
     *
     * @param perSecond the most requests in any one second, at least 1
     */
    public static RateLimit slidingWindow(int perSecond) {
        Preconditions.atLeastOne("perSecond", perSecond);
        return new RateLimit("SlidingWindow[perSecond=" + perSecond + "]", () -> new SlidingWindow(perSecond));
    }

    /**
     * {@return a limit on each second of the server's ticker; twice as many can pass around the beginning of a second}
     *
     * @param perSecond the most requests in each second, at least 1
     */
    public static RateLimit fixedSecond(int perSecond) {
        Preconditions.atLeastOne("perSecond", perSecond);
        return new RateLimit("FixedSecond[perSecond=" + perSecond + "]", () -> new FixedSecond(perSecond));
    }

    /**
     * {@return a bucket that is full at first and is refilled evenly}
     *
     * @param capacity the most requests at once, at least 1
     * @param perSecond how many requests are added in a second, at least 1
     */
    public static RateLimit tokenBucket(int capacity, int perSecond) {
        Preconditions.atLeastOne("capacity", capacity);
        Preconditions.atLeastOne("perSecond", perSecond);
        return new RateLimit(
                "TokenBucket[capacity=" + capacity + ", perSecond=" + perSecond + "]",
                () -> new TokenBucket(capacity, perSecond));
    }

    /** {@return no limit at all} */
    public static RateLimit none() {
        return new RateLimit("Unlimited[]", () -> nanoTime -> true);
    }

    /**
     * A new counter: true if a request that arrives at this nanosecond is admitted. Not thread-safe; must be called in
     * the order of arrival.
     */
    LongPredicate counter() {
        return counters.get();
    }

    @Override
    public String toString() {
        return text;
    }

    /** Remembers the requests of the last second. The window is half-open: a request leaves it after exactly 1 s. */
    private static final class SlidingWindow implements LongPredicate {

        private final int perSecond;
        private final Deque<Long> admitted = new ArrayDeque<>();

        SlidingWindow(int perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public boolean test(long nanoTime) {
            while (!admitted.isEmpty() && nanoTime - admitted.getFirst() >= SECOND) {
                admitted.removeFirst();
            }
            if (admitted.size() == perSecond) {
                return false;
            }
            admitted.addLast(nanoTime);
            return true;
        }
    }

    /** Counts within whole seconds of the ticker. */
    private static final class FixedSecond implements LongPredicate {

        private final int perSecond;
        private long second = Long.MIN_VALUE;
        private int admitted;

        FixedSecond(int perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public boolean test(long nanoTime) {
            long now = Math.floorDiv(nanoTime, SECOND);
            if (now != second) {
                second = now;
                admitted = 0;
            }
            if (admitted == perSecond) {
                return false;
            }
            admitted++;
            return true;
        }
    }

    /** Counts in billionths of a request, so that a refill of any number of nanoseconds is not rounded. */
    private static final class TokenBucket implements LongPredicate {

        private final int perSecond;
        private final long full;
        private long parts;
        private long filledAt;

        TokenBucket(int capacity, int perSecond) {
            this.perSecond = perSecond;
            this.full = capacity * SECOND;
            this.parts = full;
        }

        @Override
        public boolean test(long nanoTime) {
            refill(nanoTime);
            if (parts < SECOND) {
                return false;
            }
            parts -= SECOND;
            return true;
        }

        private void refill(long nanoTime) {
            long elapsed = Math.max(0, nanoTime - filledAt);
            long untilFull = (full - parts) / perSecond + 1;
            parts = elapsed >= untilFull ? full : parts + elapsed * perSecond;
            filledAt = nanoTime;
        }
    }
}
