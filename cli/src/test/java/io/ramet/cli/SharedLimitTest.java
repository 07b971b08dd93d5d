package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** Two operators on one account: a limit in a real Redis, and a journal in a real PostgreSQL. */
@Timeout(120)
class SharedLimitTest {

    private static final String PASSWORD = "canary: p@ss/w%rd";

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.slidingWindow(20)).start();

    private final int port = freePort();
    private RedisServer redis;

    @AfterEach
    void stop() throws IOException {
        if (redis != null) {
            redis.stop();
        }
    }

    @Test
    @Tag("soak")
    void twoOperatorsKeepToOneLimitAndToOneJournal() throws IOException {
        redis("");
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "on").start()) {
            String journal = "--journal=" + postgres.getJdbcUrl("postgres", "postgres");
            List<CompletableFuture<Integer>> operators = IntStream.range(0, 2)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> buy(session(Map.of()), "order-" + i, 900, journal)))
                    .toList();
            assertThat(operators).allSatisfy(code -> assertThat(code.join()).isZero());
            Session report = session(Map.of());
            assertThat(report.run("report", journal)).isZero();
            assertThat(report.out()).contains("order-0", "order-1");
        }
        assertThat(simulator.books().bought()).isEqualTo(1800);
        // Without a shared limit, it would be nearly forty.
        assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                .isLessThan(25);
    }

    @Test
    void nothingIsSentUntilRedisIsThere() throws IOException, InterruptedException {
        Session session = session(Map.of());
        CompletableFuture<Integer> buying = CompletableFuture.supplyAsync(() -> buy(session, "order-1", 60));
        Thread.sleep(1_500);
        assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
        redis("");
        assertThat(buying.join()).isZero();
        assertThat(session.err()).contains("Nothing is sent for now").contains("The limit is shared");
    }

    @Test
    void thePasswordComesFromTheEnvironmentAndIsNotPrinted() throws IOException {
        redis(PASSWORD);
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session first = session(Map.of("REDISCLI_AUTH", PASSWORD));
        assertThat(buy(first, "order-1", 90, "--max-in-flight=1", "--replicas=2"))
                .isEqualTo(3);
        Session resumed = session(Map.of("REDISCLI_AUTH", PASSWORD));
        String[] words = first.printed("ramet resume");
        assertThat(words).contains("--shaper", url()).contains("--replicas", "2");
        assertThat(resumed.run(words)).isEqualTo(3);
        assertThat(simulator.books().bought()).isEqualTo(60);
        assertThat(first.out() + first.err() + resumed.out() + resumed.err()).doesNotContain("canary");
    }

    @Test
    void withAnotherNumberOfReplicasThanTheServicesNothingIsSentAndItSaysWhichNumbers() throws Exception {
        redis("");
        Session session = session(Map.of());
        CompletableFuture<Integer> buying;
        try (SharedShaper service = RedisShaper.connect(url(), simulator.uri().getHost())
                .replicas(4)
                .build()) {
            service.shape(Mono.empty()).block(Duration.ofSeconds(30));
            buying = CompletableFuture.supplyAsync(() -> buy(session, "order-1", 60));
            for (int i = 0; !session.err().contains("Nothing is sent for now"); i++) {
                assertThat(i).as("20 ms waited for").isLessThan(1500);
                Thread.sleep(20);
            }
            assertThat(session.err()).contains("replicas is 0 here, and 4 for those that share this limit");
            assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
        }
        assertThat(buying.join()).isZero();
        assertThat(simulator.books().bought()).isEqualTo(60);
    }

    @Test
    void replicasNeedASharedLimit() {
        Session session = session(Map.of());
        assertThat(session.clone(simulator, "--yes", "--goods-num=1", "--billing=payg", "--replicas=2"))
                .isEqualTo(2);
        assertThat(session.err()).contains("--replicas 2: needs --shaper");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:canary@127.0.0.1:6379",
                "redis://user:canary@127.0.0.1",
                "redis://can^ary@:",
                "http://127.0.0.1:6379",
                "canary",
                "redis://127.0.0.1:6379?password=canary"
            })
    void aUrlWithAPasswordOrOfAnotherKindIsRefusedAndNotPrinted(String url) {
        Session session = session(Map.of());
        assertThat(session.clone(simulator, "--yes", "--goods-num=1", "--billing=payg", "--shaper=" + url))
                .isEqualTo(2);
        assertThat(session.err()).contains("--shaper", "REDISCLI_AUTH");
        assertThat(session.out() + session.err()).doesNotContain("canary").doesNotContain("can^ary");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    private int buy(Session session, String plan, int goodsNum, String... more) {
        String[] arguments = Stream.concat(
                        Stream.of(
                                "--yes",
                                "--plan-id=" + plan,
                                "--goods-num=" + goodsNum,
                                "--billing=payg",
                                "--shaper=" + url()),
                        Stream.of(more))
                .toArray(String[]::new);
        return session.clone(simulator, arguments);
    }

    private Session session(Map<String, String> environment) {
        return Session.withKeyOf(simulator).environment(environment);
    }

    private String url() {
        return "redis://127.0.0.1:" + port;
    }

    private void redis(String password) throws IOException {
        RedisServerBuilder builder = RedisServer.newRedisServer().port(port).setting("save \"\"");
        redis = builder.settingIf(!password.isEmpty(), "requirepass \"" + password + "\"")
                .build();
        redis.start();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
