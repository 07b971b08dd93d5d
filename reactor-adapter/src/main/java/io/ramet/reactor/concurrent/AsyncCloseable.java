package io.ramet.reactor.concurrent;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A resource that can be closed without blocking a thread. */
public interface AsyncCloseable extends AutoCloseable {

    /** {@return a cold Mono that completes when the resource is closed; subscribing again closes nothing again} */
    Mono<Void> disposeLater();

    /**
     * Does what {@link #disposeLater} does, and blocks until it is done. On a thread that must not block, such as one
     * of Reactor's, it starts closing and returns at once.
     */
    @Override
    default void close() {
        if (Schedulers.isInNonBlockingThread()) {
            disposeLater().subscribe();
        } else {
            disposeLater().block();
        }
    }
}
