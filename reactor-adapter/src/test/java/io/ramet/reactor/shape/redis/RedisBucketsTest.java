package io.ramet.reactor.shape.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The time that Bucket4j is given, on a Redis whose clock the test sets. */
class RedisBucketsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration WINDOW = Duration.ofMillis(1_100);

    private Duration clock = Duration.ZERO;
    private byte[] bucket = {1};
    private final RedisBuckets<String> buckets = new RedisBuckets<>(
            new RedisConnection(() -> CompletableFuture.completedFuture(open()), Mono::empty),
            WINDOW,
            Duration.ofDays(1));

    @Test
    void aMissingBucketIsDatedAWindowIntoTheFuture() {
        assertThat(get(Duration.ofSeconds(1_000))).isEqualTo(bucket);
        assertThat(buckets.currentTimeNanos())
                .isEqualTo(Duration.ofSeconds(1_000).toNanos());

        bucket = null;
        assertThat(get(Duration.ofSeconds(1_001))).isNull();
        assertThat(buckets.currentTimeNanos())
                .isEqualTo(Duration.ofSeconds(1_001).plus(WINDOW).toNanos());
    }

    private byte[] get(Duration now) {
        clock = now;
        return Mono.fromFuture(buckets.get("key").toCompletableFuture()).block(PATIENCE);
    }

    private Object respond() {
        return Arrays.asList(bytes(clock.toSeconds()), bytes(clock.toNanosPart() / 1_000), bucket);
    }

    private static byte[] bytes(long number) {
        return String.valueOf(number).getBytes(StandardCharsets.UTF_8);
    }

    private RedisConnection.Open open() {
        StatefulConnection<String, byte[]> connection =
                proxy(StatefulConnection.class, (proxy, method, values) -> true);
        RedisClusterAsyncCommands<String, byte[]> commands =
                proxy(RedisClusterAsyncCommands.class, (proxy, method, values) -> {
                    CompletableFuture<Object> response = CompletableFuture.completedFuture(respond());
                    return proxy(RedisFuture.class, (future, step, parameters) -> step.invoke(response, parameters));
                });
        return new RedisConnection.Open(connection, commands);
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<? super T> type, InvocationHandler handler) {
        return (T) Proxy.newProxyInstance(RedisBucketsTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
