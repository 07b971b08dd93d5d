package io.ramet.simulator;

/**
 * How many calls of one action the server lets through. Time is that of the {@linkplain Arrival#nanoTime() arrivals}.
 * The real service publishes a number per second and not how the second is cut, so there are several to try against.
 *
 * <p>Calls that are over the limit take nothing of it, whichever of these is chosen.
 */
public sealed interface RateLimit {

    /**
     * {@return a limit on every window of one second, wherever it begins; the strictest reading of "n a second"}
     *
     * @param perSecond the most calls in any one second, at least 1
     */
    static RateLimit slidingWindow(int perSecond) {
        return new SlidingWindow(perSecond);
    }

    /**
     * {@return a limit on each second of the server's ticker; twice as many can pass around the turn of a second}
     *
     * @param perSecond the most calls in each second, at least 1
     */
    static RateLimit fixedSecond(int perSecond) {
        return new FixedSecond(perSecond);
    }

    /**
     * {@return a bucket that is full at first and is refilled evenly}
     *
     * @param capacity the most calls at once, at least 1
     * @param perSecond how many calls are added in a second, at least 1
     */
    static RateLimit tokenBucket(int capacity, int perSecond) {
        return new TokenBucket(capacity, perSecond);
    }

    /** {@return no limit at all} */
    static RateLimit none() {
        return new Unlimited();
    }

    /**
     * See {@link RateLimit#slidingWindow}.
     *
     * @param perSecond the most calls in any one second
     */
    record SlidingWindow(int perSecond) implements RateLimit {

        /**
         * Refuses what makes no sense.
         *
         * @param perSecond the most calls in any one second
         */
        public SlidingWindow {
            Require.atLeastOne("perSecond", perSecond);
        }
    }

    /**
     * See {@link RateLimit#fixedSecond}.
     *
     * @param perSecond the most calls in each second
     */
    record FixedSecond(int perSecond) implements RateLimit {

        /**
         * Refuses what makes no sense.
         *
         * @param perSecond the most calls in each second
         */
        public FixedSecond {
            Require.atLeastOne("perSecond", perSecond);
        }
    }

    /**
     * See {@link RateLimit#tokenBucket}.
     *
     * @param capacity the most calls at once
     * @param perSecond how many calls are added in a second
     */
    record TokenBucket(int capacity, int perSecond) implements RateLimit {

        /**
         * Refuses what makes no sense.
         *
         * @param capacity the most calls at once
         * @param perSecond how many calls are added in a second
         */
        public TokenBucket {
            Require.atLeastOne("capacity", capacity);
            Require.atLeastOne("perSecond", perSecond);
        }
    }

    /** See {@link RateLimit#none}. */
    record Unlimited() implements RateLimit {}
}
