package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ConnectionTest {

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private SignedRequest request() {
        return SignedRequest.clone(simulator);
    }

    @Test
    void systemRefusesConnectionsUntilThePortIsBoundAgain() throws IOException {
        int port = simulator.port();

        simulator.refuseConnections(true);
        simulator.refuseConnections(true);
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> Wire.to(simulator));

        simulator.refuseConnections(false);
        simulator.refuseConnections(false);
        assertThat(Wire.refusal(simulator, request())).isEmpty();
        assertThat(simulator.port()).isEqualTo(port);
    }

    @Test
    void openConnectionStaysOpenWhileNewOnesAreRefused() throws IOException {
        try (Wire wire = Wire.to(simulator)) {
            wire.send(request()).read();
            simulator.refuseConnections(true);

            assertThat(wire.send(request()).read().response().has("DealId")).isTrue();

            simulator.refuseConnections(false);
            assertThat(Wire.refusal(simulator, request())).isEmpty();
        }
    }

    @Test
    void connectionIsResetAtAcceptBeforeAnyArrival() throws IOException {
        simulator.resetAtAccept(true);
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> Wire.exchange(simulator, request()));
        assertThat(simulator.books().arrivals()).isEmpty();

        simulator.resetAtAccept(false);
        assertThat(Wire.refusal(simulator, request())).isEmpty();
    }

    @Test
    void connectionIsClosedAtAcceptBeforeAnyArrival() throws IOException {
        simulator.closeAtAccept(true);
        try (Wire wire = Wire.to(simulator)) {
            assertThat(wire.readToEnd()).isEmpty();
        }

        simulator.closeAtAccept(false);
        assertThat(Wire.refusal(simulator, request())).isEmpty();
        assertThat(simulator.books().arrivals()).hasSize(1);
    }

    @Test
    void silentConnectionIsClosedAfterTheIdleTimeout() throws IOException {
        try (Simulator impatient =
                        Simulator.builder().idleTimeout(Duration.ofMillis(50)).start();
                Wire wire = Wire.to(impatient)) {
            assertThat(wire.send(SignedRequest.clone(impatient)).read().status())
                    .isEqualTo(200);
            assertThat(wire.readToEnd()).isEmpty();
        }
    }

    @Test
    void threadsEndWithTheirSimulator() {
        assertThat(threads()).isPositive();
        simulator.close();

        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (threads() > 0) {
            assertThat(System.nanoTime()).as("threads are still alive").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ramet-simulator"))
                .count();
    }

    @Test
    void manyConcurrentConnectionsNeitherLoseNorMixUpResponses() throws Exception {
        int requests = 200;
        try (Simulator busy = Simulator.builder()
                .limit(RateLimit.none())
                .latency(Duration.ZERO, Duration.ofMillis(5))
                .start()) {
            ExecutorService clients = Executors.newFixedThreadPool(8);
            List<Callable<JsonNode>> tasks = IntStream.range(0, requests)
                    .mapToObj(index -> (Callable<JsonNode>) () ->
                            Wire.exchange(busy, SignedRequest.clone(busy).replacing("plan-0001", "plan-" + index)))
                    .toList();
            List<Future<JsonNode>> responses = clients.invokeAll(tasks);
            clients.shutdown();

            for (int index = 0; index < requests; index++) {
                List<String> ids = responses
                        .get(index)
                        .get()
                        .get("InstanceIds")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList();
                assertThat(ids).isEqualTo(busy.books().instanceIds("plan-" + index));
            }
            assertThat(busy.books().instanceIds()).hasSize(2 * requests).doesNotHaveDuplicates();
            assertThat(busy.books().boughtTwice()).isEmpty();
            List<Arrival> arrivals = busy.books().arrivals();
            assertThat(arrivals).extracting(Arrival::sequence).isSorted().hasSize(requests);
            assertThat(arrivals).extracting(Arrival::nanoTime).isSorted();
            assertThat(arrivals).extracting(Arrival::requestId).doesNotHaveDuplicates();
        }
    }

    @Test
    void everyIdleConnectionCanBeClosed() throws IOException {
        try (Wire one = Wire.to(simulator);
                Wire other = Wire.to(simulator)) {
            one.send(request()).read();
            other.send(request()).read();

            simulator.dropConnections(false);

            assertThat(one.readToEnd()).isEmpty();
            assertThat(other.readToEnd()).isEmpty();
        }
        assertThat(Wire.refusal(simulator, request())).isEmpty();
    }

    @Test
    void idleConnectionCanBeReset() throws IOException {
        try (Wire wire = Wire.to(simulator)) {
            wire.send(request()).read();

            simulator.dropConnections(true);

            assertThatExceptionOfType(SocketException.class).isThrownBy(wire::readToEnd);
        }
    }

    @Test
    void closingTwiceHasNoFurtherEffectAndEndsHangingExchanges() throws IOException {
        simulator.misbehave(Misbehaviour.always(Fault.hang(false)));
        try (Wire wire = Wire.to(simulator)) {
            wire.send(request());
            while (simulator.books().arrivals().isEmpty()) {
                Thread.onSpinWait();
            }

            simulator.close();
            simulator.close();

            assertThat(wire.readToEnd()).isEmpty();
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> Wire.to(simulator));
        }
        assertThatIllegalStateException().isThrownBy(() -> simulator.refuseConnections(false));
    }

    @Test
    void booksCanBeReadAfterClosing() throws IOException {
        Wire.exchange(simulator, request());
        simulator.close();

        assertThat(simulator.books().bought()).isEqualTo(2);
    }
}
