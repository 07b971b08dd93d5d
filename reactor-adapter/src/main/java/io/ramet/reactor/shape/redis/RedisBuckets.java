package io.ramet.reactor.shape.redis;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bucket4j's commands to Redis. The time is that of Redis, read with each bucket. By default, Bucket4j uses each
 * client's clock: then the fastest clock refills the bucket, and clients with slower clocks are rejected.
 *
 * <p>A missing bucket may have been lost, together with the charges for late requests of the last second. Therefore a
 * new bucket is dated a window into the future, so that nothing is refilled until then. If the clock of Redis steps
 * back, the bucket is deleted, because nothing would be refilled until the clock has made up for the step.
 *
 * @param <K> always {@link String}; a type parameter, because Bucket4j creates arrays of it
 */
final class RedisBuckets<K> implements RedisApi<K>, TimeMeter {

    private static final String GET_WITH_TIME =
            "local time = redis.call('time') " + "return {time[1], time[2], redis.call('get', KEYS[1])}";

    private final RedisConnection connection;
    private final long window;
    /** The time of the last bucket that was read. The thread that read the bucket uses it at once. */
    private volatile long time;
    /** The latest time of Redis, to notice that its clock has stepped back. */
    private volatile long latest;

    RedisBuckets(RedisConnection connection, Duration window) {
        this.connection = connection;
        this.window = window.toNanos();
    }

    @Override
    public <V> RedisFuture<V> eval(String script, ScriptOutputType type, K[] keys, byte[][] params) {
        return Response.of(connection.eval(script, type, new String[] {(String) keys[0]}, params));
    }

    @Override
    public RedisFuture<byte[]> get(K key) {
        return Response.of(connection
                .<List<Object>>eval(GET_WITH_TIME, ScriptOutputType.MULTI, new String[] {(String) key})
                .thenCompose(response -> {
                    byte[] bucket = (byte[]) response.get(2);
                    long now = TimeUnit.SECONDS.toNanos(number(response.get(0)))
                            + TimeUnit.MICROSECONDS.toNanos(number(response.get(1)));
                    boolean steppedBack = now < latest - window;
                    latest = steppedBack ? now : Math.max(latest, now);
                    return bucket != null && steppedBack
                            ? deleted(key).thenApply(deleted -> at(now, null))
                            : CompletableFuture.completedFuture(at(now, bucket));
                }));
    }

    private byte @Nullable [] at(long now, byte @Nullable [] bucket) {
        time = now + (bucket == null ? window : 0);
        return bucket;
    }

    @Override
    public RedisFuture<?> delete(K key) {
        return Response.of(deleted(key));
    }

    private CompletableFuture<Long> deleted(K key) {
        return connection.eval(
                "return redis.call('del', KEYS[1])", ScriptOutputType.INTEGER, new String[] {(String) key});
    }

    @Override
    public long currentTimeNanos() {
        return time;
    }

    @Override
    public boolean isWallClockBased() {
        return true;
    }

    private static long number(Object bytes) {
        return Long.parseLong(new String((byte[]) bytes, StandardCharsets.US_ASCII));
    }

    private static final class Response<V> extends CompletableFuture<V> implements RedisFuture<V> {

        static <V> Response<V> of(CompletableFuture<V> future) {
            Response<V> response = new Response<>();
            var unused = future.whenComplete((value, failure) -> {
                if (failure == null) {
                    response.complete(value);
                } else {
                    response.completeExceptionally(failure);
                }
            });
            return response;
        }

        @Override
        public String getError() {
            return "";
        }

        @Override
        public boolean await(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException("blocking is not supported");
        }
    }
}
