package shop;

import io.ramet.error.ClientClosedException;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Outcomes as lines and as server-sent events: one for each chunk, then one that says that it is over. */
@Component
class EventStream {

    private final Duration heartbeat;

    EventStream(@Value("${shop.heartbeat}") Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** For a stream whose failure is a status if it comes first, and a line if it does not. */
    Flux<CloneEvent> lines(Flux<ChunkOutcome> outcomes, Mono<CloneReport> report) {
        Flux<CloneEvent> lines = followed(outcomes.map(CloneEvent.Outcome::of), done(report));
        return lines.switchOnFirst(
                (first, all) -> first.isOnError() ? all : all.onErrorResume(failure -> Mono.just(problem(failure))));
    }

    /**
     * Events carry their place as their id, which is the same in every process and after every restart, for the journal keeps
     * their order: whoever comes back with an id is told what came after it.
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
                // Without a last word, so that a browser comes back by itself, and finds the next process.
                .onErrorComplete(ClientClosedException.class)
                .onErrorResume(failure -> Mono.just(serverSent(problem(failure)).build())));
    }

    /** A comment now and then, so that proxies keep a silent stream open, and so that it is noticed when nobody listens. */
    private Flux<ServerSentEvent<CloneEvent>> withHeartbeat(Flux<ServerSentEvent<CloneEvent>> events) {
        ServerSentEvent<CloneEvent> beat =
                ServerSentEvent.<CloneEvent>builder().comment("still here").build();
        return events.publish(shared -> shared.mergeWith(Flux.interval(heartbeat)
                .onBackpressureDrop()
                .map(tick -> beat)
                .takeUntilOther(shared.ignoreElements())));
    }

    /** As concatWith, which can lose what is asked for while an empty first part ends (Reactor 3.8.8). */
    private static <T> Flux<T> followed(Flux<? extends T> first, Mono<? extends T> last) {
        return Flux.concat(Flux.just(first, last));
    }

    private static Mono<CloneEvent> done(Mono<CloneReport> report) {
        return report.map(ReportView::of).map(CloneEvent.Done::new);
    }

    private static CloneEvent problem(Throwable failure) {
        return new CloneEvent.Problem(Problems.of(failure));
    }

    private static ServerSentEvent.Builder<CloneEvent> serverSent(CloneEvent event) {
        return ServerSentEvent.<CloneEvent>builder(event).event(event.event());
    }
}
