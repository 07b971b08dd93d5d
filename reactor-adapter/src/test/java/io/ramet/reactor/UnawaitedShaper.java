package io.ramet.reactor;

import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Does not make the end of each client wait for a second: the next one of a test has a server of its own. */
public record UnawaitedShaper(RequestShaper shaper) implements RequestShaper {

    @Override
    public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
        return shaper.shape(exchange);
    }

    @Override
    public void pause(Duration time) {
        shaper.pause(time);
    }
}
