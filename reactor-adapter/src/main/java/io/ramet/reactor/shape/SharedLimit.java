package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/**
 * The limit that replicas keep together: no window of a second sees more than these calls, if no call is later than the jitter
 * allows for.
 *
 * @param calls in a second
 * @param replicas that have a share of their own each; 0 if none have
 * @param jitter half of it is for the way to the server, most of the rest for permits used late and for asking late
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

    /** From permit to permit, in nanoseconds. */
    long period() {
        return window().toNanos() / calls;
    }

    /** How long after it was asked for a permit may still be used. */
    Duration validFor() {
        return jitter.multipliedBy(30).dividedBy(100);
    }

    /** How much later than possible the bucket may be asked without loss. */
    Duration askedLate() {
        return jitter.multipliedBy(15).dividedBy(100);
    }

    /**
     * One permit, and what refills while it is asked late. It begins empty: a bucket that was lost gives no permit before its
     * time.
     */
    BucketConfiguration bucket() {
        return BucketConfiguration.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(PERMIT + PERMIT * askedLate().toNanos() / period())
                        .refillGreedy(calls * PERMIT, window())
                        .initialTokens(0)
                        .build())
                .build();
    }
}
