package io.ramet.simulator;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Decides the fate of each instance that is bought.
 *
 * <p>The server calls it once for each instance, at its purchase, in the order of the instances and never concurrently.
 */
@FunctionalInterface
public interface LifeCycle {

    /**
     * {@return the fate of this instance}
     *
     * @param ordinal counts the instances that were bought, from 1
     */
    Fate of(long ordinal);

    /**
     * {@return a life cycle in which every instance runs after the same time}
     *
     * @param time the time from its purchase, zero or more
     */
    static LifeCycle runningAfter(Duration time) {
        Fate fate = Fate.runs(time);
        return ordinal -> fate;
    }

    /**
     * {@return a life cycle of random times and ends; the same seed gives the n-th instance the same fate}
     *
     * @param seed the seed of the random choice
     * @param least the least time from the purchase to its end, zero or more
     * @param greatest the greatest time
     * @param failing the share of instances that {@linkplain Fate.End#FAILS fail}, 0 to 1
     * @param never the share of instances whose creation {@linkplain Fate.End#NEVER never ends}, 0 to 1
     */
    static LifeCycle seeded(long seed, Duration least, Duration greatest, double failing, double never) {
        Preconditions.notNegative("least", least);
        long spread = Preconditions.notNegative("greatest minus least", greatest.minus(least))
                .toNanos();
        if (!(failing >= 0 && never >= 0 && failing + never <= 1)) {
            throw new IllegalArgumentException("failing and never are not shares of 1: " + failing + ", " + never);
        }
        return ordinal -> {
            SplittableRandom random = new SplittableRandom(seed * 31 + ordinal);
            Duration time = least.plusNanos(random.nextLong(spread + 1));
            double draw = random.nextDouble();
            if (draw < never) {
                return Fate.never();
            }
            return draw < never + failing ? Fate.fails(time) : Fate.runs(time);
        };
    }
}
