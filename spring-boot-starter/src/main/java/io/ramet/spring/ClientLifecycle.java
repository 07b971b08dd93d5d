package io.ramet.spring;

import io.ramet.reactor.CloneClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Closes the client while the web server lets its requests finish: no further call is sent, calls on their way are let
 * finish and are journalled, streams of outcomes end. What takes longer than {@code spring.lifecycle.timeout-per-shutdown-phase}
 * is waited for when the bean is destroyed, before the DataSource is.
 */
final class ClientLifecycle implements SmartLifecycle {

    /** That of the web server's graceful shutdown: within a phase, all stop at the same time. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final Logger log = LoggerFactory.getLogger(ClientLifecycle.class);

    private final CloneClient client;
    private volatile boolean running;

    ClientLifecycle(CloneClient client) {
        this.client = client;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        log.info("No further clones are bought; waiting for the calls on their way");
        client.disposeLater()
                .doFinally(signal -> {
                    running = false;
                    stopped.run();
                })
                .subscribe(
                        nothing -> {}, failure -> log.warn("the Ramet client could not be closed properly", failure));
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A client that is closed stays so: a context that pauses, as those of tests do, must leave it alone. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
