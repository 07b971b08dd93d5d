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

/**
 * Bucket4j's commands to Redis. The time is that of Redis, read with each bucket. By default, Bucket4j uses each
 * client's clock: then the fastest clock refills the bucket, and clients with slower clocks are rejected.
 *
 * <p>A missing bucket may have been lost, together with the charges for late requests of the last second. Therefore a
 * new bucket is dated a window into the future, so that nothing is refilled until then. If the clock of Redis steps
 * back, the bucket is deleted, because nothing would be refilled until the clock has made up for the step. The step is
 * visible to every process: the key then expires later than any process has ever set it to.
 *
 * @param <K> always {@link String}; a type parameter, because Bucket4j creates arrays of it
 */
final class RedisBuckets<K> implements RedisApi<K>, TimeMeter {

    /** More than the time in which a bucket refills, which Bucket4j adds to the time for which the key is kept. */
    private static final Duration LONGEST_REFILL = Duration.ofSeconds(3);

    private static final String GET_WITH_TIME = "local time = redis.call('time') "
            + "if redis.call('pttl', KEYS[1]) > tonumber(ARGV[1]) then redis.call('del', KEYS[1]) end "
            + "return {time[1], time[2], redis.call('get', KEYS[1])}";

    private final RedisConnection connection;
    private final long window;
    private final byte[] longestTtl;
    /** The time of the last bucket that was read. The thread that read the bucket uses it at once. */
    private volatile long time;

    /** Each write keeps the bucket for {@code kept} after it is full. */
    RedisBuckets(RedisConnection connection, Duration window, Duration kept) {
        this.connection = connection;
        this.window = window.toNanos();
        this.longestTtl = String.valueOf(kept.plus(LONGEST_REFILL).toMillis()).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public <V> RedisFuture<V> eval(String script, ScriptOutputType type, K[] keys, byte[][] params) {
        return Response.of(connection.eval(script, type, new String[] {(String) keys[0]}, params));
    }

    @Override
    public RedisFuture<byte[]> get(K key) {
        return Response.of(connection
                .<List<Object>>eval(GET_WITH_TIME, ScriptOutputType.MULTI, new String[] {(String) key}, longestTtl)
                .thenApply(response -> {
                    byte[] bucket = (byte[]) response.get(2);
                    time = TimeUnit.SECONDS.toNanos(number(response.get(0)))
                            + TimeUnit.MICROSECONDS.toNanos(number(response.get(1)))
                            + (bucket == null ? window : 0);
                    return bucket;
                }));
    }

    @Override
    public RedisFuture<?> delete(K key) {
        return Response.of(connection.eval(
                "return redis.call('del', KEYS[1])", ScriptOutputType.INTEGER, new String[] {(String) key}));
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
