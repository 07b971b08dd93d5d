package io.ramet.reactor;

import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A shaper that makes nobody wait, for tests that have nothing to do with pace. */
final class Freely implements RequestShaper {

    @Override
    public <T> Mono<T> shape(Mono<T> sending) {
        return sending;
    }

    @Override
    public void pause(Duration time) {
        // Nobody waits.
    }
}
