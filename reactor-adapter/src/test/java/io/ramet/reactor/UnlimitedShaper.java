package io.ramet.reactor;

import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** A shaper that lets every request pass at once, for tests that have nothing to do with pace. */
final class UnlimitedShaper implements RequestShaper {

    private static final Permit FREE = new Permit() {
        @Override
        public boolean use() {
            return true;
        }

        @Override
        public void written() {
            // Nothing is counted.
        }
    };

    @Override
    public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
        return Mono.defer(() -> exchange.apply(Mono.just(FREE)));
    }

    @Override
    public void pause(Duration time) {
        // No request waits.
    }
}
