package io.ramet.reactor.shape.redis;

import io.lettuce.core.ScriptOutputType;
import io.ramet.reactor.concurrent.OwnSchedulers;
import io.ramet.reactor.shape.Membership;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Stores replicas in two sorted sets of Redis: in one by the end of their registration, and in the other by the time of
 * their last registration, with the number by which they divide the limit.
 */
final class RedisMembership implements Membership {

    private static final String CALL = "local time = redis.call('time') "
            + "local now = time[1] * 1000 + math.floor(time[2] / 1000) "
            + "redis.call('zremrangebyscore', KEYS[1], '-inf', now) "
            // No registration ends so late, unless the clock has stepped back since: it lasts 1.5 s, and the clocks of
            // Redis's nodes differ by half a second at most.
            + "redis.call('zremrangebyscore', KEYS[1], now + 2000, '+inf') "
            + "redis.call('zremrangebyscore', KEYS[2], '-inf', now - 86400000) "
            // All known replicas have the same number: another number is not added.
            + "local known = redis.call('zrange', KEYS[2], 0, 0)[1] "
            + "local replicas = known and tonumber(string.match(known, '^%d+')) or 0 "
            + "if tonumber(ARGV[2]) > now and (replicas == 0 or replicas == tonumber(ARGV[3])) then "
            + "redis.call('zadd', KEYS[1], ARGV[2], ARGV[1]) "
            + "redis.call('pexpire', KEYS[1], 60000) "
            + "redis.call('zadd', KEYS[2], now, ARGV[3] .. ' ' .. ARGV[1]) "
            + "redis.call('pexpire', KEYS[2], 86400000) "
            + "end "
            + "return {now, redis.call('zcard', KEYS[1]), replicas}";

    private static final String LEAVE =
            "redis.call('zrem', KEYS[2], ARGV[2] .. ' ' .. ARGV[1]) " + "return redis.call('zrem', KEYS[1], ARGV[1])";

    private static final Duration LONGEST_LEAVE = Duration.ofSeconds(1);

    private final String[] keys;
    private final RedisConnection connection;

    /** The keys must be in one slot of a cluster. */
    RedisMembership(String present, String known, RedisConnection connection) {
        this.keys = new String[] {present, known};
        this.connection = connection;
    }

    @Override
    public Mono<Members> call(Replica replica, Duration until) {
        return Mono.fromFuture(() -> connection.<List<Long>>eval(
                        CALL,
                        ScriptOutputType.MULTI,
                        keys,
                        bytes(replica.name()),
                        bytes(until.toMillis()),
                        bytes(replica.replicas())))
                .map(response -> new Members(
                        Duration.ofMillis(response.get(0)),
                        response.get(1).intValue(),
                        response.get(2).intValue()));
    }

    @Override
    public Mono<Void> leave(Replica replica) {
        return Mono.fromFuture(() -> connection.eval(
                        LEAVE, ScriptOutputType.INTEGER, keys, bytes(replica.name()), bytes(replica.replicas())))
                .timeout(LONGEST_LEAVE, OwnSchedulers.TIMER)
                .onErrorComplete()
                .then(Mono.defer(connection::close));
    }

    private static byte[] bytes(Object value) {
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }
}
