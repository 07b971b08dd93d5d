package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/**
 * The limit that replicas keep together: no second has more than {@code calls} requests, as long as no request is later
 * than the jitter allows.
 *
 * @param calls the number of requests per second
 * @param replicas the number of replicas that have a share; 0 if none has
 * @param jitter half of it is for the network to the server, and most of the rest for permits that are requested or
 *     used late
 */
record SharedLimit(int calls, int replicas, Duration jitter) {

    /** The tokens of one permit, so that parts of it can be charged. */
    static final long PERMIT = 1_000;

    boolean hasShares() {
        return replicas > 0;
    }

    Duration window() {
        return Duration.ofSeconds(1).plus(jitter);
    }

    /** {@return nanoseconds from permit to permit} */
    long period() {
        return window().toNanos() / calls;
    }

    /** {@return how long a permit may be used after it was requested} */
    Duration validFor() {
        return jitter.multipliedBy(30).dividedBy(100);
    }

    /** {@return the delay with which a permit may be requested without loss} */
    Duration requestedLate() {
        return jitter.multipliedBy(15).dividedBy(100);
    }

    /**
     * {@return the configuration of a bucket that holds one permit, and the tokens that are refilled while the next one
     * is requested late} It begins empty, so that a bucket that was lost grants no permit too early.
     */
    BucketConfiguration bucket() {
        return BucketConfiguration.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(PERMIT + PERMIT * requestedLate().toNanos() / period())
                        .refillGreedy(calls * PERMIT, window())
                        .initialTokens(0)
                        .build())
                .build();
    }
}
