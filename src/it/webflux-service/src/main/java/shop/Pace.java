package shop;

import io.ramet.plan.CloneChunk;
import io.ramet.reactor.observe.CloneObserver;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The number of requests that the service has sent within the last second, for all plans. */
@RestController
class Pace implements CloneObserver {

    private static final Duration TICK = Duration.ofMillis(100);

    private final ConcurrentLinkedDeque<Long> sent = new ConcurrentLinkedDeque<>();
    private final Sinks.Empty<Void> closing = Sinks.empty();

    @Override
    public void sending(CloneChunk chunk, int attempt) {
        sent.addLast(System.nanoTime());
        inLastSecond();
    }

    /** Emits ten numbers per second, until the caller disconnects. */
    @GetMapping(path = "/pace", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<Integer> pace() {
        return Flux.interval(TICK)
                .onBackpressureDrop()
                .map(tick -> inLastSecond())
                .takeUntilOther(closing.asMono());
    }

    private int inLastSecond() {
        long aSecondAgo = System.nanoTime() - 1_000_000_000;
        sent.removeIf(time -> time - aSecondAgo <= 0);
        return sent.size();
    }

    /** A stream without an end would hold up a graceful shutdown. */
    @EventListener(ContextClosedEvent.class)
    void end() {
        closing.tryEmitEmpty();
    }
}
