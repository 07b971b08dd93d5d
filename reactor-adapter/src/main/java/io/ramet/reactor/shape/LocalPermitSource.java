package io.ramet.reactor.shape;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * A Bucket4j bucket in this process that holds one permit, because a full bucket of twenty would allow nearly forty
 * requests in one second. A permit is a thousand tokens, so that parts of it can be charged.
 */
final class LocalPermitSource implements PermitSource {

    private static final long PERMIT = 1_000;
    /** In one process a permit need not expire, because lateness is charged and no other process waits. */
    private static final long UNLIMITED = Duration.ofDays(1).toNanos();

    private final Bucket bucket;
    private final long period;

    /**
     * Creates a source of permits for requests at an even pace.
     *
     * @param calls the number of requests per window
     */
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
    public Mono<Permit> acquire() {
        return Mono.fromSupplier(() -> new Permit(bucket.consumeIgnoringRateLimits(PERMIT), UNLIMITED));
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
