package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * A Bucket4j bucket of one permit in this process. One permit, because a full bucket of twenty lets nearly forty calls into
 * one second. A permit is a thousand tokens, so that time can be charged in parts.
 */
final class LocalPermitSource implements PermitSource {

    private static final long PERMIT = 1_000;
    /** No other process is held up by one that is late, and it is charged for it. */
    private static final long FOR_EVER = Duration.ofDays(1).toNanos();

    private final Bucket bucket;
    private final long period;

    /** So many calls in each window. */
    LocalPermitSource(int calls, Duration window, LongSupplier nanoTime) {
        this.period = window.toNanos() / calls;
        this.bucket = Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(PERMIT)
                        .refillGreedy(calls * PERMIT, window)
                        .build())
                .withCustomTimePrecision(new Ticks(nanoTime))
                .build();
    }

    @Override
    public Mono<Permit> take() {
        return Mono.fromSupplier(() -> new Permit(bucket.consumeIgnoringRateLimits(PERMIT), FOR_EVER));
    }

    @Override
    public Mono<Void> charge(long late) {
        long tokens = PERMIT * Math.min(late, period) / period;
        return Mono.fromRunnable(() -> {
            if (tokens > 0) {
                bucket.consumeIgnoringRateLimits(tokens);
            }
        });
    }

    private record Ticks(LongSupplier nanoTime) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return nanoTime.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
