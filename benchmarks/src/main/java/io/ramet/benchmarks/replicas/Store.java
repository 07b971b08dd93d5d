package io.ramet.benchmarks.replicas;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.proxy.ClientSideConfig;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AbstractCompareAndSwapBasedProxyManager;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AsyncCompareAndSwapOperation;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.CompareAndSwapOperation;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.ramet.reactor.shape.Membership;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Redis as the replicas see it, in virtual time: a message takes 0.25 to 0.75 ms in each direction. */
final class Store extends AbstractCompareAndSwapBasedProxyManager<String> implements Membership {

    private static final long LEAST = 250_000;
    private static final long SPREAD = 500_000;

    private final VirtualTimeScheduler time;
    private final RandomGenerator random;
    private final Map<String, Duration> present = new HashMap<>();

    private byte @Nullable [] bucket;
    private long roundTrips;
    private long lostRaces;

    Store(VirtualTimeScheduler time, RandomGenerator random) {
        super(ClientSideConfig.getDefault().withMaxRetries(1).withClientClock(new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return time.now(TimeUnit.NANOSECONDS);
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        }));
        this.time = time;
        this.random = random;
    }

    AsyncBucketProxy bucket(BucketConfiguration configuration) {
        return asAsync().builder().build("bucket", () -> CompletableFuture.completedFuture(configuration));
    }

    long roundTrips() {
        return roundTrips;
    }

    long lostRaces() {
        return lostRaces;
    }

    @Override
    public Mono<Members> call(Replica replica, Duration until) {
        return Mono.fromFuture(() -> roundTrip(() -> {
            Duration now = Duration.ofNanos(time.now(TimeUnit.NANOSECONDS));
            present.values().removeIf(end -> end.compareTo(now) <= 0);
            if (until.compareTo(now) > 0) {
                present.put(replica.name(), until);
            }
            return new Members(now, present.size(), replica.replicas());
        }));
    }

    @Override
    public Mono<Void> leave(Replica replica) {
        return Mono.empty();
    }

    @Override
    protected AsyncCompareAndSwapOperation beginAsyncCompareAndSwapOperation(String key) {
        return new AsyncCompareAndSwapOperation() {
            @Override
            public CompletableFuture<Optional<byte[]>> getStateData(Optional<Long> timeoutNanos) {
                return roundTrip(() -> Optional.ofNullable(bucket));
            }

            @Override
            public CompletableFuture<Boolean> compareAndSwap(
                    byte[] original, byte[] changed, RemoteBucketState state, Optional<Long> timeoutNanos) {
                return roundTrip(() -> {
                    boolean same = Arrays.equals(bucket, original);
                    if (same) {
                        bucket = changed;
                    } else {
                        lostRaces++;
                    }
                    return same;
                });
            }
        };
    }

    private <T> CompletableFuture<T> roundTrip(Supplier<T> there) {
        roundTrips++;
        CompletableFuture<T> result = new CompletableFuture<>();
        travel(() -> {
            T value = there.get();
            travel(() -> result.complete(value));
        });
        return result;
    }

    private void travel(Runnable arrived) {
        time.schedule(arrived, LEAST + random.nextLong(SPREAD), TimeUnit.NANOSECONDS);
    }

    @Override
    protected CompareAndSwapOperation beginCompareAndSwapOperation(String key) {
        throw new UnsupportedOperationException("this store does not block");
    }

    @Override
    protected CompletableFuture<Void> removeAsync(String key) {
        throw new UnsupportedOperationException("this store removes nothing");
    }

    @Override
    public void removeProxy(String key) {
        throw new UnsupportedOperationException("this store removes nothing");
    }

    @Override
    public boolean isAsyncModeSupported() {
        return true;
    }
}
