package io.ramet.reactor.shape.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.ramet.error.InvalidValueException;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import io.ramet.reactor.shape.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import redis.embedded.RedisServer;

/**
 * Several shapers, as if in several processes, on one real Redis. A recorder judges what was sent. The tests that wait
 * for leases and stalls run in the soak profile; {@code SharedShaperTest} and {@code SharedReplicasTest} state the same
 * in virtual time.
 */
@Tag("real")
@Timeout(120)
class RedisShaperTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
    private final List<SharedShaper> replicas = new ArrayList<>();
    private final List<AutoCloseable> closed = new ArrayList<>();
    private int port;
    private RedisServer redis;

    @BeforeEach
    void startRedis() throws Exception {
        port = freePort();
        redis = RedisServer.newRedisServer()
                .port(port)
                .setting("save \"\"")
                .setting("bind 127.0.0.1")
                .build();
        redis.start();
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stopAll() throws Exception {
        Flux.fromIterable(replicas).flatMap(SharedShaper::disposeLater).blockLast(PATIENCE);
        for (AutoCloseable one : closed) {
            one.close();
        }
        redis.stop();
    }

    @Test
    void anInvalidAddressIsRefusedWithoutItsPassword() {
        assertThatThrownBy(() -> RedisShaper.connect("redis://:Canary^Redis@127.0.0.1", "account"))
                .isInstanceOf(InvalidValueException.class)
                .hasNoCause()
                .hasMessageNotContaining("Canary");
    }

    /** Redis keeps nothing: the bucket is lost, and so are the registrations. */
    @Test
    void fourReplicasKeepTheLimitTogetherWhileRedisIsRestarted() throws Exception {
        start(4, port);
        Flux<Void> calls = Flux.fromIterable(replicas).flatMap(shaper -> calls(shaper, 15), 4);
        CompletableFuture<Void> done = calls.then().toFuture();
        await(() -> sent.size() >= 20);
        redis.stop();
        redis.start();
        Mono.fromFuture(done).block(PATIENCE);
        assertThat(sent).hasSize(60);
        assertThat(peak()).isLessThanOrEqualTo(20);
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
        replicas.forEach(this::grantsSharedPermits);
    }

    /** A Redis that does not respond within 30 ms is given up for a while, and own shares grant the permits. */
    private void grantsSharedPermits(SharedShaper shaper) {
        long before = shaper.state().sharedPermits();
        calls(shaper, 1).repeat(() -> shaper.state().sharedPermits() == before).blockLast(PATIENCE);
    }

    @Test
    void aClientOfTheApplicationSharesTheLimitAndStaysOpen() {
        try (RedisClient client = RedisClient.create();
                StatefulRedisConnection<String, String> operator = client.connect(address(port))) {
            SharedShaper own =
                    RedisShaper.on(client, address(port), "test").replicas(1).build();
            grantsSharedPermits(own);
            own.disposeLater().block(PATIENCE);
            assertThat(operator.sync().exists("ramet:{test}:permits")).isOne();
        }
    }

    @Test
    void aClusterKeepsTheLimitAndTheMembersInOneSlot(@TempDir Path folder) throws Exception {
        int node = Stream.generate(RedisShaperTest::freePort)
                .filter(free -> free < 55_000) // the bus of the cluster has this port plus 10,000
                .findFirst()
                .orElseThrow();
        RedisServer cluster = RedisServer.newRedisServer()
                .port(node)
                .setting("bind 127.0.0.1")
                .setting("dir " + folder)
                .setting("cluster-enabled yes")
                .build();
        cluster.start();
        closed.add(cluster::stop);
        try (RedisClusterClient client = RedisClusterClient.create(address(node))) {
            try (StatefulRedisClusterConnection<String, String> operator = client.connect()) {
                operator.sync().clusterAddSlots(IntStream.range(0, 16_384).toArray());
                await(() -> operator.sync().clusterInfo().contains("cluster_state:ok"));
            }
            SharedShaper own = RedisShaper.on(client, "test").replicas(1).build();
            grantsSharedPermits(own);
            own.disposeLater().block(PATIENCE);
        }
    }

    private static RedisURI address(int port) {
        return RedisURI.create("127.0.0.1", port);
    }

    @Test
    void aDeletedBucketGrantsNothingBeforeItsTimeAndTheKeysExpire() {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> operator = client.connect()) {
            start(2, port);
            List<Disposable> calls = replicas.stream()
                    .map(shaper -> calls(shaper, 1000).subscribe())
                    .toList();
            await(() -> sent.size() >= 5);
            for (int i = 0; i < 10; i++) {
                operator.sync().del("ramet:{test}:permits");
                Mono.delay(Duration.ofMillis(100)).block();
            }
            await(() -> between(1, 24 * 3_600_000 + 2_000, operator.sync().pttl("ramet:{test}:permits")));
            await(() -> between(1, 60_000, operator.sync().pttl("ramet:{test}:replicas")));
            calls.forEach(Disposable::dispose);
        }
        assertThat(peak()).isLessThanOrEqualTo(20);
    }

    /** The bucket outlives the processes that made it. */
    @Test
    void aLowerLimitHoldsFromTheNextStartOnAndAHigherOneDoesNot() {
        for (int limit : new int[] {50, 5, 50}) {
            SharedShaper shaper = RedisShaper.connect("redis://127.0.0.1:" + port, "test")
                    .callsPerSecond(limit)
                    .build();
            calls(shaper, limit == 5 ? 12 : 8).blockLast(PATIENCE);
            shaper.disposeLater().block(PATIENCE);
        }
        assertThat(Window.peak(List.copyOf(sent).subList(8, 28))).isLessThanOrEqualTo(5);
    }

    /** Emptied again and again, its process stopped briefly and for long, and busy with a long script. */
    @Test
    @Tag("soak")
    void aRedisThatIsEmptiedAndStoppedGrantsNoMoreThanTwentyAndIsUsedAgain() throws Exception {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> operator = client.connect()) {
            start(4, port);
            List<Disposable> calls = replicas.stream()
                    .map(shaper -> calls(shaper, 10_000).subscribe())
                    .toList();
            await(() -> sent.size() >= 10);
            for (int i = 0; i < 10; i++) {
                operator.sync().flushall();
                Mono.delay(Duration.ofMillis(150)).block();
            }
            String process = operator.sync()
                    .info("server")
                    .lines()
                    .filter(line -> line.startsWith("process_id:"))
                    .map(line -> line.substring("process_id:".length()))
                    .findFirst()
                    .orElseThrow();
            for (long pause : new long[] {20, 60, 150, 300, 7_000}) {
                signal("-STOP", process);
                Mono.delay(Duration.ofMillis(pause)).block();
                signal("-CONT", process);
                await(() -> replicas.stream().anyMatch(shaper -> mode(shaper) == Mode.SHARED));
            }
            assertThat(replicas).allMatch(shaper -> shaper.state().ownPermits() > 0);
            var unused = operator.async().eval("local n = 0 while n < 3e7 do n = n + 1 end", ScriptOutputType.INTEGER);
            await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
            int before = sent.size();
            await(() -> sent.size() >= before + 10);
            calls.forEach(Disposable::dispose);
        }
        assertThat(peak()).isLessThanOrEqualTo(20);
    }

    private static void signal(String name, String process) throws Exception {
        assertThat(new ProcessBuilder("kill", name, process).start().waitFor()).isZero();
    }

    @Test
    void aReplicaWithAnotherNumberSendsNothingUntilTheOthersHaveLeft() {
        start(2, port);
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
        SharedShaper other = RedisShaper.connect("redis://127.0.0.1:" + port, "test")
                .replicas(3)
                .build();
        closed.add(other);
        calls(other, 5).subscribe();
        await(() -> other.state().reason().startsWith("replicas is 3 here, and 2 for those"));
        Mono.delay(Duration.ofMillis(500)).block();
        assertThat(sent).isEmpty();
        Flux.fromIterable(replicas).flatMap(SharedShaper::disposeLater).blockLast(PATIENCE);
        await(() -> sent.size() == 5);
    }

    /** In every process, also in one that has started since. */
    @Test
    void aBucketFromBeforeTheClockSteppedBackIsDeletedBecauseItWouldNotBeRefilled() {
        Duration step = Duration.ofMinutes(10);
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<byte[], byte[]> operator = client.connect(ByteArrayCodec.INSTANCE)) {
            byte[] key = "ramet:{test}:permits".getBytes(StandardCharsets.UTF_8);
            TimeMeter before = clock(step);
            SharedShaper ahead = SharedShaper.on(configuration -> Bucket4jLettuce.casBasedBuilder(operator)
                            .clientClock(before)
                            .build()
                            .asAsync()
                            .builder()
                            .build(key, () -> CompletableFuture.completedFuture(configuration)))
                    .build();
            closed.add(ahead);
            calls(ahead, 1).blockLast(PATIENCE);
            operator.sync().pexpire(key, Duration.ofDays(1).plus(step));
            SharedShaper started =
                    RedisShaper.connect("redis://127.0.0.1:" + port, "test").build();
            closed.add(started);
            calls(started, 5).blockLast(PATIENCE);
            assertThat(started.state().sharedPermits()).isGreaterThanOrEqualTo(5);
        }
    }

    /** A registration ends within two seconds, so one that ends much later is of a clock that has stepped back since. */
    @Test
    void aRegistrationFromBeforeTheClockSteppedBackDoesNotCount() {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> operator = client.connect()) {
            operator.sync().zadd("ramet:{test}:replicas", System.currentTimeMillis() + 60_000, "dead");
            start(2, port);
            await(() -> replicas.stream().allMatch(shaper -> shaper.state().present() == 2));
            assertThat(operator.sync().zrange("ramet:{test}:replicas", 0, -1))
                    .hasSize(2)
                    .doesNotContain("dead");
        }
    }

    /** As in a rolling update. The script of the previous version does not know the number of replicas. */
    @Test
    void aProcessOfThePreviousVersionIsCountedAndCountsThisOne() {
        String before = "local time = redis.call('time') local now = time[1] * 1000 + math.floor(time[2] / 1000) "
                + "redis.call('zremrangebyscore', KEYS[1], '-inf', now) if tonumber(ARGV[2]) > now then "
                + "redis.call('zadd', KEYS[1], ARGV[2], ARGV[1]) redis.call('pexpire', KEYS[1], 60000) end "
                + "return {now, redis.call('zcard', KEYS[1])}";
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> old = client.connect()) {
            replicas.add(RedisShaper.connect("redis://127.0.0.1:" + port, "test")
                    .replicas(2)
                    .build());
            String[] keys = {"ramet:{test}:replicas"};
            await(() -> {
                List<Long> seen = old.sync().eval(before, ScriptOutputType.MULTI, keys, "old", "0");
                seen = old.sync().eval(before, ScriptOutputType.MULTI, keys, "old", "" + (seen.get(0) + 1_500));
                return seen.get(1) == 2 && replicas.get(0).state().present() == 2;
            });
        }
    }

    /** One is cut off from Redis, one has a slow way to it, two are not affected; then both return. */
    @Test
    @Tag("soak")
    void aReplicaThatIsCutOffAndOneThatIsTooSlowSendOnTheirOwnSharesAndReturnByThemselves() {
        Wire cut = new Wire(port);
        Wire slow = new Wire(port);
        closed.add(cut);
        closed.add(slow);
        start(4, port, port, cut.port(), slow.port());
        List<Disposable> calls =
                replicas.stream().map(shaper -> calls(shaper, 1000).subscribe()).toList();
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
        cut.cut();
        slow.delay(Duration.ofMillis(300));
        await(() -> mode(replicas.get(2)) == Mode.OWN_SHARE && mode(replicas.get(3)) == Mode.OWN_SHARE);
        await(() -> replicas.get(2).state().ownPermits() >= 5
                && replicas.get(3).state().ownPermits() >= 5);
        assertThat(replicas.get(0).state().present()).isEqualTo(2);
        cut.mend();
        slow.delay(Duration.ZERO);
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
        calls.forEach(Disposable::dispose);
        assertThat(peak()).isLessThanOrEqualTo(20);
    }

    /** Without memory, it can be read and refuses to store anything. */
    @Test
    @Tag("soak")
    void aRedisThatIsFullIsNotUsedUntilItHasMemoryAgain() {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> operator = client.connect()) {
            start(2, port);
            List<Disposable> calls = replicas.stream()
                    .map(shaper -> calls(shaper, 10_000).subscribe())
                    .toList();
            await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
            operator.sync().configSet("maxmemory", "1");
            await(() -> replicas.stream().allMatch(shaper -> shaper.state().ownPermits() >= 5));
            assertThat(replicas)
                    .allSatisfy(shaper -> assertThat(shaper.state().reason()).contains("OOM command not allowed"));
            operator.sync().configSet("maxmemory", "0");
            await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
            calls.forEach(Disposable::dispose);
        }
        assertThat(peak()).isLessThanOrEqualTo(20);
    }

    /** As after a failover behind a load balancer: no connection is reset. */
    @Test
    @Tag("soak")
    void replicasWhoseConnectionsLetNothingPassConnectAgain() {
        Wire wire = new Wire(port);
        closed.add(wire);
        start(2, wire.port());
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
        wire.freeze();
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.OWN_SHARE));
        await(() -> replicas.stream().allMatch(shaper -> mode(shaper) == Mode.SHARED));
    }

    /**
     * Why the time is Redis's and not each client's, as it is in Bucket4j by default: with clocks two seconds fast and
     * two slow, the fast client gets all permits, and the slow one is rejected for as long as the fast one is busy. The
     * limit itself is kept except for one permit: nothing is reserved, so nothing can be granted twice.
     */
    @Test
    @Tag("soak")
    void withEachClientsOwnTimeAClientWithASlowClockStarves() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        closed.add(client::shutdown);
        for (long wrong : new long[] {2, -2}) {
            TimeMeter clock = clock(Duration.ofSeconds(wrong));
            replicas.add(SharedShaper.on(configuration -> Bucket4jLettuce.casBasedBuilder(connection)
                            .clientClock(clock)
                            .maxRetries(1)
                            .build()
                            .asAsync()
                            .builder()
                            .build(
                                    "test".getBytes(StandardCharsets.UTF_8),
                                    () -> CompletableFuture.completedFuture(configuration)))
                    .build());
        }
        SharedShaper fast = replicas.get(0);
        SharedShaper slow = replicas.get(1);
        List<Disposable> calls =
                replicas.stream().map(shaper -> calls(shaper, 1000).subscribe()).toList();
        await(() -> fast.state().sharedPermits() >= 20);
        SharedShaperStatus starved = slow.state();
        calls.forEach(Disposable::dispose);
        assertThat(starved.sharedPermits()).isLessThanOrEqualTo(3);
        assertThat(peak()).isLessThanOrEqualTo(21);
    }

    private static TimeMeter clock(Duration ahead) {
        return new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return SYSTEM_MILLISECONDS.currentTimeNanos() + ahead.toNanos();
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        };
    }

    private void start(int count, int... ports) {
        for (int i = 0; i < count; i++) {
            // The clock of each process begins anywhere.
            long skew = (i - 2) * 2_000_000_000L;
            replicas.add(RedisShaper.connect("redis://127.0.0.1:" + ports[i % ports.length], "test")
                    .replicas(count)
                    .time(Schedulers.parallel(), () -> System.nanoTime() + skew)
                    .build());
        }
    }

    private Flux<Void> calls(RequestShaper shaper, int count) {
        return Flux.range(0, count)
                .flatMap(i -> shaper.shape(Mono.<Void>fromRunnable(() -> sent.add(System.nanoTime()))), 8);
    }

    private static boolean between(long least, long most, long value) {
        return value >= least && value <= most;
    }

    private static Mode mode(SharedShaper shaper) {
        return shaper.state().mode();
    }

    private int peak() {
        return Window.peak(List.copyOf(sent));
    }

    private static void await(BooleanSupplier fact) {
        for (int i = 0; !fact.getAsBoolean(); i++) {
            assertThat(i).as("times 20 ms waited").isLessThan(3000);
            Mono.delay(Duration.ofMillis(20)).block();
        }
    }
}
