package io.ramet.reactor.shape.redis;

import io.lettuce.core.ScriptOutputType;
import io.ramet.reactor.shape.Attendance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** Replicas in a sorted set of Redis, by the time until which they are there. */
final class RedisAttendance implements Attendance {

    private static final String CALL = "local time = redis.call('time') "
            + "local now = time[1] * 1000 + math.floor(time[2] / 1000) "
            + "redis.call('zremrangebyscore', KEYS[1], '-inf', now) "
            + "if tonumber(ARGV[2]) > now then "
            + "redis.call('zadd', KEYS[1], ARGV[2], ARGV[1]) "
            + "redis.call('pexpire', KEYS[1], 60000) "
            + "end "
            + "return {now, redis.call('zcard', KEYS[1])}";

    private static final String LEAVE = "return redis.call('zrem', KEYS[1], ARGV[1])";

    private final String[] key;
    private final RedisLink link;

    RedisAttendance(String key, RedisLink link) {
        this.key = new String[] {key};
        this.link = link;
    }

    @Override
    public Mono<Roll> call(String replica, Duration until) {
        return Mono.fromFuture(() -> link.<List<Long>>eval(
                        CALL, ScriptOutputType.MULTI, key, bytes(replica), bytes(String.valueOf(until.toMillis()))))
                .map(answer ->
                        new Roll(Duration.ofMillis(answer.get(0)), answer.get(1).intValue()));
    }

    @Override
    public Mono<Void> leave(String replica) {
        return Mono.fromFuture(() -> link.eval(LEAVE, ScriptOutputType.INTEGER, key, bytes(replica)))
                .timeout(Duration.ofSeconds(1))
                .onErrorComplete()
                .then(Mono.defer(link::close));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
