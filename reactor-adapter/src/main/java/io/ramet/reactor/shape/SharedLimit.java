package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/**
 * The limit that replicas keep together: no second has more than these calls, if no call is later than the jitter
 * allows.
 *
 * @param calls the calls in a second
 * @param replicas how many replicas have a share each; 0 if none has
 * @param jitter half of it is for the way to the server, most of the rest for permits that are requested or used late
 */
record SharedLimit(int calls, int replicas, Duration jitter) {

    /** Tokens, so that parts of a permit can be charged. */
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

    /** {@return how much later than possible a permit may be requested without loss} */
    Duration requestedLate() {
        return jitter.multipliedBy(15).dividedBy(100);
    }

    /**
     * Holds one permit, and what is refilled while the next one is requested late. It begins empty: a bucket that was
     * lost grants no permit before its time.
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
