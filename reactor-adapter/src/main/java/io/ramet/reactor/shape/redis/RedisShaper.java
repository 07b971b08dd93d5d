package io.ramet.reactor.shape.redis;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce.LettuceBasedProxyManagerBuilder;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.ramet.error.InvalidValueException;
import io.ramet.reactor.shape.SharedShaper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Creates shapers that replicas share in Redis, version 5 or newer. All times are those of Redis, so the clocks of the
 * replicas do not matter. Building a shaper does not wait for a connection. A Redis that takes longer than 30 ms to
 * respond is not used.
 */
public final class RedisShaper {

    /**
     * How long the bucket is kept after it is full again, because a new bucket delays the first request by more than a
     * second.
     */
    private static final Duration KEPT = Duration.ofDays(1);

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private RedisShaper() {}

    /**
     * Begins a shaper with its own connection.
     *
     * @param uri such as {@code redis://user:password@10.0.0.5:6379/0}, {@code rediss://…} or {@code
     *     redis-sentinel://…}; never printed
     * @param account a name for the account and host of the limit; replicas with the same name share the limit
     * @return the builder; closing the shaper closes the connection
     * @throws InvalidValueException if the URI is not valid; the message does not quote it
     */
    public static SharedShaper.Builder connect(String uri, String account) {
        return connect(address(uri), account);
    }

    /**
     * Begins a shaper with its own connection.
     *
     * @param address the address of Redis; never printed
     * @param account a name for the account and host of the limit; replicas with the same name share the limit
     * @return the builder; closing the shaper closes the connection
     */
    public static SharedShaper.Builder connect(RedisURI address, String account) {
        return connect(address, SslOptions.create(), account);
    }

    /**
     * Begins a shaper with its own connection.
     *
     * @param address the address of Redis; never printed
     * @param ssl the trusted and presented certificates, if the address uses TLS
     * @param account a name for the account and host of the limit; replicas with the same name share the limit
     * @return the builder; closing the shaper closes the connection
     */
    public static SharedShaper.Builder connect(RedisURI address, SslOptions ssl, String account) {
        ClientResources resources = ClientResources.builder()
                .nettyCustomizer(UnloggedEncoder.CUSTOMIZER)
                .build();
        RedisClient client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .sslOptions(ssl)
                .build());
        return begin(
                account,
                new RedisConnection(
                        () -> open(client, address),
                        () -> Mono.fromFuture(client.shutdownAsync())
                                .onErrorComplete()
                                .then(shutDown(resources))));
    }

    /**
     * Begins a shaper on the application's client. Such a client logs its password if Lettuce's loggers are at TRACE.
     *
     * @param client stays open when the shaper is closed
     * @param uri the address of Redis; the shaper has its own connection
     * @param account a name for the account and host of the limit; replicas with the same name share the limit
     * @return the builder
     */
    public static SharedShaper.Builder on(RedisClient client, RedisURI uri, String account) {
        return begin(account, new RedisConnection(() -> open(client, uri), Mono::empty));
    }

    /**
     * Begins a shaper on the application's cluster client. Such a client logs its password if Lettuce's loggers are at
     * TRACE.
     *
     * @param client stays open when the shaper is closed; the shaper has its own connection
     * @param account a name for the account and host of the limit; replicas with the same name share the limit
     * @return the builder
     */
    public static SharedShaper.Builder on(RedisClusterClient client, String account) {
        return begin(
                account,
                new RedisConnection(
                        () -> client.connectAsync(CODEC)
                                .thenApply(connection -> new RedisConnection.Open(connection, connection.async())),
                        Mono::empty));
    }

    private static Mono<Void> shutDown(ClientResources resources) {
        return Mono.create(sink -> {
            var unused = resources.shutdown(0, 2, TimeUnit.SECONDS).addListener(ended -> sink.success());
        });
    }

    /** Omits the cause, because it quotes the password. */
    private static RedisURI address(String uri) {
        try {
            return RedisURI.create(uri);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(
                    "uri", "(not shown)", "must be a Redis URI, with special characters encoded");
        }
    }

    private static CompletableFuture<RedisConnection.Open> open(RedisClient client, RedisURI uri) {
        return client.connectAsync(CODEC, uri)
                .toCompletableFuture()
                .thenApply(connection -> new RedisConnection.Open(connection, connection.async()));
    }

    /** Puts all keys into one slot of a cluster. */
    private static SharedShaper.Builder begin(String account, RedisConnection connection) {
        String slot = "ramet:{" + account + "}:";
        return SharedShaper.on(configuration -> bucket(slot + "permits", configuration, connection))
                .membership(new RedisMembership(slot + "replicas", slot + "shares", connection));
    }

    private static AsyncBucketProxy bucket(String key, BucketConfiguration configuration, RedisConnection connection) {
        Bandwidth limit = configuration.getBandwidths()[0];
        RedisBuckets<String> buckets =
                new RedisBuckets<>(connection, Duration.ofNanos(limit.getRefillPeriodNanos()), KEPT);
        return new LettuceBasedProxyManagerBuilder<>(buckets)
                .clientClock(buckets)
                .expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
                .maxRetries(1) // SharedPermitSource tries again, a little later
                .build()
                .asAsync()
                .builder()
                // The bucket outlives the processes. A lower limit replaces its own; a higher one does not, because a
                // process with the lower one may still run.
                .withImplicitConfigurationReplacement(
                        limit.getRefillPeriodNanos() / limit.getRefillTokens(), TokensInheritanceStrategy.AS_IS)
                .build(key, () -> CompletableFuture.completedFuture(configuration));
    }
}
