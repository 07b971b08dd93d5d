package io.ramet.simulator;

import java.util.ArrayDeque;
import java.util.Deque;

/** A {@link RateLimit} at work for one action. Not thread-safe: the door calls it in the order of arrival. */
interface Gate {

    long SECOND = 1_000_000_000L;

    /** Whether a call that arrives now may pass. Calls that may not take nothing of the limit. */
    boolean admit(long nanoTime);

    static Gate of(RateLimit limit) {
        if (limit instanceof RateLimit.SlidingWindow sliding) {
            return new Sliding(sliding.perSecond());
        }
        if (limit instanceof RateLimit.FixedSecond fixed) {
            return new Fixed(fixed.perSecond());
        }
        if (limit instanceof RateLimit.TokenBucket bucket) {
            return new Bucket(bucket.capacity(), bucket.perSecond());
        }
        return nanoTime -> true;
    }

    /** Remembers who passed within the last second. The window is half-open: a call leaves it after exactly 1 s. */
    final class Sliding implements Gate {

        private final int perSecond;
        private final Deque<Long> passed = new ArrayDeque<>();

        Sliding(int perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public boolean admit(long nanoTime) {
            while (!passed.isEmpty() && nanoTime - passed.getFirst() >= SECOND) {
                passed.removeFirst();
            }
            if (passed.size() == perSecond) {
                return false;
            }
            passed.addLast(nanoTime);
            return true;
        }
    }

    /** Counts within whole seconds of the ticker. */
    final class Fixed implements Gate {

        private final int perSecond;
        private long second = Long.MIN_VALUE;
        private int passed;

        Fixed(int perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public boolean admit(long nanoTime) {
            long now = Math.floorDiv(nanoTime, SECOND);
            if (now != second) {
                second = now;
                passed = 0;
            }
            if (passed == perSecond) {
                return false;
            }
            passed++;
            return true;
        }
    }

    /** Counts in parts of a call, one part being a call divided by the nanoseconds of a second: no rounding. */
    final class Bucket implements Gate {

        private final int perSecond;
        private final long full;
        private long parts;
        private long filledAt;
        private boolean used;

        Bucket(int capacity, int perSecond) {
            this.perSecond = perSecond;
            this.full = capacity * SECOND;
            this.parts = full;
        }

        @Override
        public boolean admit(long nanoTime) {
            refill(nanoTime);
            if (parts < SECOND) {
                return false;
            }
            parts -= SECOND;
            return true;
        }

        private void refill(long nanoTime) {
            long elapsed = used ? nanoTime - filledAt : 0;
            long untilFull = (full - parts) / perSecond + 1;
            parts = elapsed >= untilFull ? full : parts + elapsed * perSecond;
            filledAt = nanoTime;
            used = true;
        }
    }
}
