package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PurchaseTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 100;

    /** An hour of each instance costs 23 fen, so that the money is for four purchases of two. */
    private final SimulatorBuilder options = Simulator.builder().balance(200).stock(100003, 100);

    private final Books books = new Books();

    private Callable<String> purchase(Handler handler, CyclicBarrier together) {
        byte[] body = SignedRequest.CLONE.getBytes(StandardCharsets.UTF_8);
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        headers.set("X-TC-Region", "ap-guangzhou");
        Exchange exchange = new Exchange(
                new ApiRequest("POST", "/", headers, body),
                Envelope.parameters(body),
                new Admission(new Arrival(1, "CloneInstances", 1, 0, "request"), false, Fault.none(), Duration.ZERO),
                Clock.systemUTC().instant());
        return () -> {
            together.await(10, TimeUnit.SECONDS);
            try {
                for (int bought = 0; bought < ROUNDS; bought++) {
                    handler.respond(exchange);
                }
                return "";
            } catch (ApiError refused) {
                return refused.code();
            }
        };
    }

    @Test
    @Timeout(60)
    void purchasesAtTheSameTimeNeverTakeMoreThanThereIs() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int before = books.bought();
            Handler handler = handler();
            CyclicBarrier together = new CyclicBarrier(THREADS);
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<String>> results = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                results.add(threads.submit(purchase(handler, together)));
            }
            for (Future<String> result : results) {
                assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("FailedOperation.PayFailed");
            }
            threads.shutdown();

            assertThat(books.bought() - before).as("round " + round).isEqualTo(8);
        }
    }

    private Handler handler() {
        Map<Action, Handler> handlers = Handlers.of(new Inventory(options), new Backups(options), books, options);
        return handlers.getOrDefault(Action.CLONE_INSTANCES, exchange -> {
            throw new AssertionError("not registered");
        });
    }
}
