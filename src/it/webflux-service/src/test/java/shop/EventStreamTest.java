package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static shop.RunningService.PATIENCE;

import io.ramet.error.ClientClosedException;
import io.ramet.json.RequestJson;
import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class EventStreamTest {

    private static final Flux<InstanceState> NONE = Flux.empty();

    private final ClonePlan plan = ClonePlan.of(RequestJson.shared().read(RunningService.request(90)));
    private final ChunkOutcome first = cloned(0);
    private final ChunkOutcome second = cloned(1);
    private final Mono<CloneReport> report = Mono.fromSupplier(() -> CloneReport.of(plan));
    private final EventStream events = new EventStream(Duration.ofSeconds(15));

    @Test
    void aFailureBeforeTheFirstLineIsLeftToBecomeAStatus() {
        StepVerifier.create(events.lines(Flux.error(new ClientClosedException()), report))
                .expectError(ClientClosedException.class)
                .verify(PATIENCE);
    }

    @Test
    void aFailureAfterTheFirstLineIsALine() {
        Flux<ChunkOutcome> breaksOff = Flux.just(first).concatWith(Mono.error(new ClientClosedException()));

        List<Object> lines = events.lines(breaksOff, report).collectList().block(PATIENCE);
        assertThat(lines).hasSize(2).startsWith(first);
        assertThat(lines.get(1)).isInstanceOf(ProblemDetail.class);
    }

    @Test
    void aStreamThatFailsEndsWithAProblem() {
        Flux<ChunkOutcome> breaksOff = Flux.just(first).concatWith(Mono.error(new IllegalStateException("a bug")));

        List<ServerSentEvent<Object>> received =
                events.serverSent(breaksOff, 0, report, NONE).collectList().block(PATIENCE);

        assertThat(received).extracting(ServerSentEvent::event).containsExactly("cloned", "problem");
        assertThat(received.get(1).data())
                .hasFieldOrPropertyWithValue("status", 500)
                .hasFieldOrPropertyWithValue("detail", "the log of the service says why");
    }

    @Test
    void aServiceThatShutsDownEndsAStreamWithoutALastEvent() {
        Flux<ChunkOutcome> cutShort = Flux.just(first).concatWith(Mono.error(new ClientClosedException()));

        assertThat(events.serverSent(cutShort, 0, report, Flux.error(new ClientClosedException()))
                        .map(ServerSentEvent::event)
                        .collectList()
                        .block(PATIENCE))
                .containsExactly("cloned");
    }

    @Test
    void aCallerThatReturnsReceivesTheLaterEvents() {
        List<ServerSentEvent<Object>> received = events.serverSent(Flux.just(first, second), 1, report, NONE)
                .collectList()
                .block(PATIENCE);

        assertThat(received).extracting(ServerSentEvent::event).containsExactly("cloned", "report", "done");
        assertThat(received).extracting(ServerSentEvent::id).containsExactly("2", null, null);
    }

    @Test
    void theHeartbeatEndsWithTheStreamAndDelaysNoEvent() {
        StepVerifier.withVirtualTime(() ->
                        events.serverSent(Flux.just(first).delaySequence(Duration.ofSeconds(40)), 0, report, NONE))
                .thenAwait(Duration.ofSeconds(40))
                .expectNextMatches(event -> "still here".equals(event.comment()))
                .expectNextMatches(event -> "still here".equals(event.comment()))
                .expectNextMatches(event -> "cloned".equals(event.event()))
                .expectNextMatches(event -> "report".equals(event.event()))
                .expectNextMatches(event -> "done".equals(event.event()))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void theStreamEndsWhenNoInstanceIsLeftToWaitFor() {
        InstanceState running = new InstanceState(
                "crs-1", "web-1", InstanceState.Status.RUNNING, "10.0.0.5", 6379, 100003, "2", 0, null, "");

        StepVerifier.withVirtualTime(() -> events.serverSent(
                                Flux.just(first), 0, report, Flux.just(running).delaySequence(Duration.ofSeconds(10)))
                        .map(ServerSentEvent::event))
                .expectNext("cloned", "report")
                .expectNoEvent(Duration.ofSeconds(10))
                .expectNext("instance", "done")
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void aWaitThatFailsHoldsBackNoOutcomeAndEndsWithAProblem() {
        assertThat(events.serverSent(
                                Flux.just(first).delaySequence(Duration.ofMillis(50)),
                                0,
                                report,
                                Flux.error(new IllegalStateException("a bug")))
                        .map(ServerSentEvent::event)
                        .collectList()
                        .block(PATIENCE))
                .containsExactly("cloned", "report", "problem");
    }

    private ChunkOutcome cloned(int index) {
        return new Cloned(plan.chunk(index), new Deal("1", "2", List.of("crs-1"), "request-1"));
    }
}
