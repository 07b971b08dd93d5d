package io.ramet.reactor.shape.redis;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How Bucket4j speaks to Redis here: it has the time with each bucket it gets, from Redis itself. Bucket4j's own way is to take
 * each client's clock; then the fastest clock of all refills the bucket, and those behind it are turned down.
 *
 * @param <K> {@link String}: Bucket4j makes its arrays of keys without knowing
 */
final class RedisBuckets<K> implements RedisApi<K>, TimeMeter {

    private static final String GET_WITH_TIME =
            "local time = redis.call('time') " + "return {time[1], time[2], redis.call('get', KEYS[1])}";

    private final RedisConnection link;
    /** When the last bucket was got. It is used at once, by the thread that got it. */
    private volatile long time;

    RedisBuckets(RedisConnection link) {
        this.link = link;
    }

    @Override
    public <V> RedisFuture<V> eval(String script, ScriptOutputType type, K[] keys, byte[][] params) {
        return Answer.of(link.eval(script, type, new String[] {(String) keys[0]}, params));
    }

    @Override
    public RedisFuture<byte[]> get(K key) {
        return Answer.of(link.<List<Object>>eval(GET_WITH_TIME, ScriptOutputType.MULTI, new String[] {(String) key})
                .thenApply(answer -> {
                    time = TimeUnit.SECONDS.toNanos(number(answer.get(0)))
                            + TimeUnit.MICROSECONDS.toNanos(number(answer.get(1)));
                    return (byte[]) answer.get(2);
                }));
    }

    @Override
    public RedisFuture<?> delete(K key) {
        return Answer.of(
                link.eval("return redis.call('del', KEYS[1])", ScriptOutputType.INTEGER, new String[] {(String) key}));
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

    private static final class Answer<V> extends CompletableFuture<V> implements RedisFuture<V> {

        static <V> Answer<V> of(CompletableFuture<V> future) {
            Answer<V> answer = new Answer<>();
            var unused = future.whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
            return answer;
        }

        @Override
        public String getError() {
            return "";
        }

        @Override
        public boolean await(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException("nothing blocks here");
        }
    }
}
