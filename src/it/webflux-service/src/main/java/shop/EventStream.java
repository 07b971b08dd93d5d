package shop;

import io.ramet.error.ClientClosedException;
import io.ramet.model.InstanceState;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.spring.CloneProblems;
import java.time.Duration;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The library's values as lines and as server-sent events. The starter writes their JSON. */
@Component
class EventStream {

    private final Duration heartbeat;

    EventStream(@Value("${shop.heartbeat}") Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** Emits lines. A failure is an HTTP status if it comes before the first line, and a line if it comes later. */
    Flux<Object> lines(Flux<?> values, Mono<?> last) {
        return EventStream.<Object>followed(values, last)
                .switchOnFirst((first, all) ->
                        first.isOnError() ? all : all.onErrorResume(failure -> Mono.just(problem(failure))));
    }

    /**
     * Emits an event for each outcome; meanwhile {@code instance} for each instance that runs or has failed; {@code
     * report} when no process is buying the plan any more; and {@code done} when no instance is left to wait for.
     *
     * <p>The id of an outcome is its position, which is the same in every process and after every restart, because the
     * journal keeps the order. A caller that returns with an id receives the outcomes after it, and all instances
     * again.
     *
     * @param outcomes from the first on
     */
    Flux<ServerSentEvent<Object>> serverSent(
            Flux<ChunkOutcome> outcomes, long seen, Mono<CloneReport> report, Flux<InstanceState> instances) {
        Flux<ServerSentEvent<Object>> bought = outcomes.index((before, outcome) -> event(name(outcome), outcome)
                        .id(String.valueOf(before + 1))
                        .build())
                .skip(Math.max(0, seen));
        Flux<ServerSentEvent<Object>> running =
                instances.map(instance -> event("instance", instance).build());
        Flux<ServerSentEvent<Object>> both = Flux.mergeDelayError(
                1, followed(bought, report.map(now -> event("report", now).build())), running);
        return withHeartbeat(followed(
                        both, report.map(last -> event("done", last).build()))
                // Without a last event, so that a browser reconnects by itself, to the next process.
                .onErrorComplete(failure -> failures(failure).anyMatch(ClientClosedException.class::isInstance))
                .onErrorResume(
                        failure -> Mono.just(event("problem", problem(failure)).build())));
    }

    /**
     * Adds a comment at intervals, so that proxies keep a silent stream open and a disconnected caller is noticed.
     */
    private Flux<ServerSentEvent<Object>> withHeartbeat(Flux<ServerSentEvent<Object>> events) {
        ServerSentEvent<Object> beat =
                ServerSentEvent.builder().comment("still here").build();
        return events.publish(shared -> shared.mergeWith(Flux.interval(heartbeat)
                .onBackpressureDrop()
                .map(tick -> beat)
                .takeUntilOther(shared.ignoreElements())));
    }

    /** Replaces concatWith, which can lose a request while an empty first part ends (Reactor 3.8.8). */
    private static <T> Flux<T> followed(Flux<? extends T> first, Mono<? extends T> last) {
        return Flux.concat(Flux.just(first, last));
    }

    private static String name(ChunkOutcome outcome) {
        return outcome.fold(cloned -> "cloned", notCloned -> "not-cloned", inDoubt -> "in-doubt");
    }

    private static ServerSentEvent.Builder<Object> event(String name, Object data) {
        return ServerSentEvent.builder(data).event(name);
    }

    private static ProblemDetail problem(Throwable failure) {
        return CloneProblems.of(failures(failure).findFirst().orElseThrow());
    }

    /** Both the outcomes and the instances can fail. */
    private static Stream<Throwable> failures(Throwable failure) {
        return Exceptions.unwrapMultiple(failure).stream();
    }
}
