package io.ramet.reactor.concurrent;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A resource that can be closed without blocking a thread. */
public interface AsyncCloseable extends AutoCloseable {

    /** {@return a cold, idempotent Mono that completes when the resource is closed} */
    Mono<Void> disposeLater();

    /**
     * Closes the resource as {@link #disposeLater} does, and blocks until it is closed. On a thread that must not
     * block, such as one of Reactor's, this method starts closing and returns at once.
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
