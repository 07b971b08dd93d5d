package io.ramet.cli;

import io.ramet.reactor.shape.RequestShaper;
import java.util.function.IntFunction;

/** How this process keeps to the limit. */
enum Shape {
    window(RequestShaper::window),
    strict(RequestShaper::strict),
    paced(RequestShaper::paced);

    private static final int CALLS_PER_SECOND = 20;

    private final IntFunction<RequestShaper> making;

    Shape(IntFunction<RequestShaper> making) {
        this.making = making;
    }

    RequestShaper shaper() {
        return making.apply(CALLS_PER_SECOND);
    }
}
