package io.ramet.spring;

import io.ramet.reactor.CloneClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Closes the client while the web server completes its own requests: no further request is sent, requests in flight are
 * allowed to finish and are recorded, streams of outcomes end. If that takes longer than {@code
 * spring.lifecycle.timeout-per-shutdown-phase}, destroying the client waits for it, before its journal and DataSource
 * are closed.
 */
final class ClientLifecycle implements SmartLifecycle {

    /** The phase of the web server's graceful shutdown: the beans of a phase stop at the same time. */
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
        log.info("No further clones are bought; waiting for the requests in flight");
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

    /** A closed client cannot be opened again, so a context that pauses, as those of tests do, must not stop it. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
