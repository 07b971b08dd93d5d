package shop;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static shop.RunningService.PATIENCE;

import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** A service that is ended in the middle of a plan, and the next one on the same journal. */
@ResourceLock(RunningService.LOG_LEVELS)
class ShutdownTest {

    @Test
    void theNextProcessBuysTheRestAndEachOutcomeIsEmittedOnce(@TempDir Path folder) {
        try (Simulator simulator = Simulator.builder()
                .latency(Duration.ofMillis(20), Duration.ofMillis(200))
                .start()) {
            List<ServerSentEvent<JsonNode>> before = boughtUntilShutDown(simulator, folder);
            buyTheRest(simulator, folder, before);

            assertThat(simulator.books().boughtTwice()).isEmpty();
        }
    }

    private static List<ServerSentEvent<JsonNode>> boughtUntilShutDown(Simulator simulator, Path folder) {
        RunningService service = RunningService.start(simulator, folder);
        service.buy("order-1", 2_700).expectStatus().isAccepted();
        Flux<ServerSentEvent<JsonNode>> received =
                service.events("order-1", null).replay().autoConnect();
        received.take(3).blockLast(PATIENCE);
        service.close();

        assertThat(service.bought("order-1", 2_700)).isBetween(90, 2_670);
        List<ServerSentEvent<JsonNode>> all = received.collectList().block(PATIENCE);
        // A browser then reconnects by itself, and finds the next process.
        assertThat(all)
                .as("a stream that is cut short does not say that buying has ended")
                .noneMatch(event -> event.event().equals("report"));
        return all;
    }

    private static void buyTheRest(Simulator simulator, Path folder, List<ServerSentEvent<JsonNode>> before) {
        String lastId = ids(before).reduce((one, next) -> next).orElseThrow();
        try (RunningService service = RunningService.start(simulator, folder)) {
            int bought = service.bought("order-1", 2_700);

            assertThat(service.report("order-1").get("cloned").asInt()).isEqualTo(bought);
            assertThat(service.report("order-1").get("pending").asInt()).isEqualTo(2_700 - bought);
            List<ServerSentEvent<JsonNode>> meanwhile =
                    service.events("order-1", lastId).collectList().block(PATIENCE);
            assertThat(meanwhile.get(meanwhile.size() - 1).event()).isEqualTo("report");
            assertThat(service.bought("order-1", 2_700)).as("no GET buys").isEqualTo(bought);

            service.buy("order-1", 2_700).expectStatus().isAccepted();
            List<ServerSentEvent<JsonNode>> after =
                    service.events("order-1", lastId).collectList().block(PATIENCE);

            assertThat(service.bought("order-1", 2_700)).isEqualTo(2_700);
            assertThat(service.executions("order-1", 2_700)).hasSize(90);
            assertThat(Stream.concat(ids(before), ids(after))).hasSize(90).doesNotHaveDuplicates();
            assertThat(Stream.concat(before.stream(), after.stream())
                            .filter(event -> event.event().equals("cloned"))
                            .map(event -> event.data().get("dealName").asString())
                            .collect(toSet()))
                    .isEqualTo(service.deals("order-1", 2_700));
        }
    }

    private static Stream<String> ids(List<ServerSentEvent<JsonNode>> events) {
        return events.stream().map(ServerSentEvent::id).filter(Objects::nonNull);
    }
}
