package io.ramet.reactor.shape.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.Window;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import redis.embedded.RedisServer;

/** Several shapers, as if in several processes, on one real Redis. */
class RedisShaperTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
    private final List<SharedShaper> replicas = new ArrayList<>();
    private int port;
    private RedisServer redis;

    @BeforeEach
    void startRedis() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = RedisServer.newRedisServer()
                .port(port)
                .setting("save \"\"")
                .setting("bind 127.0.0.1")
                .build();
        redis.start();
    }

    @AfterEach
    void stopAll() throws Exception {
        Flux.fromIterable(replicas).flatMap(SharedShaper::close).blockLast(PATIENCE);
        redis.stop();
    }

    @Test
    void fourReplicasKeepTheLimitTogether() {
        for (int i = 0; i < 4; i++) {
            replicas.add(RedisShaper.connect("redis://127.0.0.1:" + port, "test")
                    .replicas(4)
                    .build());
        }
        Flux.fromIterable(replicas).flatMap(shaper -> calls(shaper, 20), 4).blockLast(PATIENCE);
        assertThat(sent).hasSize(80);
        assertThat(Window.peak(List.copyOf(sent))).isLessThanOrEqualTo(20);
    }

    private Flux<Void> calls(RequestShaper shaper, int count) {
        return Flux.range(0, count)
                .flatMap(i -> shaper.shape(Mono.<Void>fromRunnable(() -> sent.add(System.nanoTime()))), count);
    }
}
