package shop;

import io.ramet.error.ClientClosedException;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.spring.CloneProblems;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Outcomes as lines and as server-sent events: one for each chunk, then one for the end. */
@Component
class EventStream {

    private final Duration heartbeat;

    EventStream(@Value("${shop.heartbeat}") Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** Makes lines. A failure is an HTTP status if it comes before the first line, and a line if it comes later. */
    Flux<CloneEvent> lines(Flux<ChunkOutcome> outcomes, Mono<CloneReport> report) {
        Flux<CloneEvent> lines = followed(outcomes.map(CloneEvent.Outcome::of), done(report));
        return lines.switchOnFirst(
                (first, all) -> first.isOnError() ? all : all.onErrorResume(failure -> Mono.just(problem(failure))));
    }

    /**
     * The id of an event is its position, which is the same in every process and after every restart, because the
     * journal keeps the order. A caller that returns with an id receives the events after it.
     *
     * @param outcomes from the first on
     */
    Flux<ServerSentEvent<CloneEvent>> serverSent(Flux<ChunkOutcome> outcomes, long seen, Mono<CloneReport> report) {
        Flux<ServerSentEvent<CloneEvent>> events = outcomes.index(
                        (before, outcome) -> serverSent(CloneEvent.Outcome.of(outcome))
                                .id(String.valueOf(before + 1))
                                .build())
                .skip(Math.max(0, seen));
        return withHeartbeat(followed(
                        events, done(report).map(done -> serverSent(done).build()))
                // Without a last event, so that a browser reconnects by itself, to the next process.
                .onErrorComplete(ClientClosedException.class)
                .onErrorResume(failure -> Mono.just(serverSent(problem(failure)).build())));
    }

    /**
     * A comment at intervals, so that proxies keep a silent stream open, and so that a caller that has gone is noticed.
     */
    private Flux<ServerSentEvent<CloneEvent>> withHeartbeat(Flux<ServerSentEvent<CloneEvent>> events) {
        ServerSentEvent<CloneEvent> beat =
                ServerSentEvent.<CloneEvent>builder().comment("still here").build();
        return events.publish(shared -> shared.mergeWith(Flux.interval(heartbeat)
                .onBackpressureDrop()
                .map(tick -> beat)
                .takeUntilOther(shared.ignoreElements())));
    }

    /** In place of concatWith, which can lose a request while an empty first part ends (Reactor 3.8.8). */
    private static <T> Flux<T> followed(Flux<? extends T> first, Mono<? extends T> last) {
        return Flux.concat(Flux.just(first, last));
    }

    private static Mono<CloneEvent> done(Mono<CloneReport> report) {
        return report.map(ReportView::of).map(CloneEvent.Done::new);
    }

    private static CloneEvent problem(Throwable failure) {
        return new CloneEvent.Problem(CloneProblems.of(failure));
    }

    private static ServerSentEvent.Builder<CloneEvent> serverSent(CloneEvent event) {
        return ServerSentEvent.<CloneEvent>builder(event).event(event.event());
    }
}
