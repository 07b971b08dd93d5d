package io.ramet.reactor.shape;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.proxy.ClientSideConfig;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AbstractCompareAndSwapBasedProxyManager;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AsyncCompareAndSwapOperation;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.CompareAndSwapOperation;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.ramet.reactor.Replica;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A store in virtual time, with ways to it that can be slow, cut, or hold messages back. */
final class VirtualStore {

    private static final long MILLISECOND = 1_000_000L;

    private final VirtualTimeScheduler time;
    private final Random random;

    private byte @Nullable [] bucket;
    private Map<String, Duration> present = new HashMap<>();
    private Map<String, Integer> known = new HashMap<>();
    private long clockOffset;
    private boolean down;
    private boolean full;
    private boolean damaged;

    /** As in Redis. */
    private static final Duration LONGEST_REGISTRATION = Duration.ofSeconds(2);

    VirtualStore(VirtualTimeScheduler time, Random random) {
        this.time = time;
        this.random = random;
    }

    /** {@return restores what it holds now} */
    Runnable snapshot() {
        byte[] kept = bucket;
        Map<String, Duration> were = new HashMap<>(present);
        Map<String, Integer> wereKnown = new HashMap<>(known);
        return () -> {
            bucket = kept;
            present = were;
            known = wereKnown;
        };
    }

    void loseBucket() {
        bucket = null;
    }

    void loseAll() {
        bucket = null;
        present.clear();
        known.clear();
    }

    void down(boolean isDown) {
        down = isDown;
    }

    /** Refuses what would make it larger, as a Redis without memory does. */
    void full(boolean isFull) {
        full = isFull;
    }

    /** Refuses every use of the bucket. */
    void damaged(boolean isDamaged) {
        damaged = isDamaged;
    }

    private void grow() {
        if (full) {
            throw new IllegalStateException("the store is full");
        }
    }

    void stepClock(Duration by) {
        clockOffset += by.toNanos();
    }

    private long now() {
        return time.now(TimeUnit.NANOSECONDS) + clockOffset + Duration.ofDays(1).toNanos();
    }

    /** The fate of a message. */
    enum Way {
        OPEN,
        TARDY,
        SLOW,
        LOSES,
        HOLDS
    }

    /** One replica's way to the store. */
    final class Link implements Membership {

        private Way way = Way.OPEN;
        private long bucketTime;
        private long window;

        void become(Way way) {
            this.way = way;
        }

        /** A new bucket begins as that of Redis does. */
        AsyncBucketProxy bucket(BucketConfiguration configuration) {
            window = configuration.getBandwidths()[0].getRefillPeriodNanos();
            return new Buckets(this)
                    .asAsync()
                    .builder()
                    .build("bucket", () -> CompletableFuture.completedFuture(configuration));
        }

        @Override
        public Mono<Members> call(Replica replica, Duration until) {
            return Mono.fromFuture(() -> roundTrip(() -> {
                Duration now = Duration.ofNanos(now());
                present.values()
                        .removeIf(end -> end.compareTo(now) <= 0 || end.compareTo(now.plus(LONGEST_REGISTRATION)) > 0);
                int replicas = known.values().stream().findAny().orElse(0);
                if (until.compareTo(now) > 0 && (replicas == 0 || replicas == replica.replicas())) {
                    grow();
                    present.put(replica.name(), until);
                    known.put(replica.name(), replica.replicas());
                }
                return new Members(now, present.size(), replicas);
            }));
        }

        /** After earlier messages, as on a connection. */
        @Override
        public Mono<Void> leave(Replica replica) {
            return Mono.fromRunnable(() -> time.schedule(
                    () -> arrive(() -> {
                        present.remove(replica.name());
                        known.remove(replica.name());
                    }),
                    5,
                    TimeUnit.MILLISECONDS));
        }

        private <T> CompletableFuture<T> roundTrip(Supplier<T> there) {
            CompletableFuture<T> response = new CompletableFuture<>();
            if (down) {
                response.completeExceptionally(new IllegalStateException("refused"));
            } else {
                travel(() -> {
                    if (!down) {
                        travel(respond(there, response));
                    }
                });
            }
            return response;
        }

        private <T> Runnable respond(Supplier<T> there, CompletableFuture<T> response) {
            try {
                T value = there.get();
                return () -> response.complete(value);
            } catch (IllegalStateException refused) {
                return () -> response.completeExceptionally(refused);
            }
        }

        private void travel(Runnable arrived) {
            long delay = MILLISECOND / 10 + random.nextLong(2 * MILLISECOND);
            int times = way == Way.SLOW ? 100 : way == Way.TARDY ? 20 : 1;
            time.schedule(() -> arrive(arrived), times * delay, TimeUnit.NANOSECONDS);
        }

        private void arrive(Runnable arrived) {
            switch (way) {
                case LOSES -> {}
                case HOLDS -> time.schedule(() -> arrive(arrived), 20, TimeUnit.MILLISECONDS);
                default -> arrived.run();
            }
        }
    }

    private final class Buckets extends AbstractCompareAndSwapBasedProxyManager<String> {

        private final Link link;

        Buckets(Link link) {
            super(ClientSideConfig.getDefault()
                    .withClientClock(new TimeMeter() {
                        @Override
                        public long currentTimeNanos() {
                            return link.bucketTime;
                        }

                        @Override
                        public boolean isWallClockBased() {
                            return true;
                        }
                    })
                    .withMaxRetries(1));
            this.link = link;
        }

        @Override
        protected AsyncCompareAndSwapOperation beginAsyncCompareAndSwapOperation(String key) {
            return new AsyncCompareAndSwapOperation() {
                @Override
                public CompletableFuture<Optional<byte[]>> getStateData(Optional<Long> timeoutNanos) {
                    return link.roundTrip(this::got).thenApply(got -> {
                        link.bucketTime = got.time() + (got.bucket() == null ? link.window : 0);
                        return Optional.ofNullable(got.bucket());
                    });
                }

                private Got got() {
                    if (damaged) {
                        throw new IllegalStateException("the bucket is damaged");
                    }
                    return new Got(now(), bucket);
                }

                @Override
                public CompletableFuture<Boolean> compareAndSwap(
                        byte[] original, byte[] changed, RemoteBucketState state, Optional<Long> timeoutNanos) {
                    return link.roundTrip(() -> {
                        boolean same = Arrays.equals(bucket, original);
                        if (same) {
                            grow();
                            bucket = changed;
                        }
                        return same;
                    });
                }
            };
        }

        @Override
        protected CompareAndSwapOperation beginCompareAndSwapOperation(String key) {
            throw new UnsupportedOperationException("nothing blocks here");
        }

        @Override
        protected CompletableFuture<Void> removeAsync(String key) {
            throw new UnsupportedOperationException("not used");
        }

        @Override
        public void removeProxy(String key) {
            throw new UnsupportedOperationException("not used");
        }

        @Override
        public boolean isAsyncModeSupported() {
            return true;
        }
    }

    private record Got(long time, byte @Nullable [] bucket) {}
}
