package io.ramet.reactor.shape;

import io.ramet.reactor.concurrent.NewThread;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the listener of a shared shaper on a thread of its own, because permits must not wait for a listener that
 * blocks: one that writes to standard error blocks while the reader of a pipe is paused. The thread lives until there
 * is nothing more to report. Changes during a call are reported together, so none are queued. Thread-safe.
 */
final class StatusReports {

    private static final Logger log = LoggerFactory.getLogger(StatusReports.class);

    private final Runnable report;
    private final Executor threads;
    private final AtomicInteger changes = new AtomicInteger();

    /** {@code report} passes the current state to the listener. */
    StatusReports(Runnable report) {
        this(report, new NewThread("ramet-shaper-listener"));
    }

    StatusReports(Runnable report, Executor threads) {
        this.report = report;
        this.threads = threads;
    }

    /** Never fails: its caller grants permits, also while the system can start no thread. */
    void changed() {
        if (changes.getAndIncrement() == 0) {
            try {
                threads.execute(this::report);
            } catch (RuntimeException | Error failure) {
                changes.set(0);
                log.error("the listener of the shaper is not called until the next change", failure);
            }
        }
    }

    private void report() {
        int seen;
        do {
            seen = changes.get();
            try {
                report.run();
            } catch (RuntimeException | Error failure) {
                log.error("the listener of the shaper has failed", failure);
            }
        } while (changes.addAndGet(-seen) != 0);
    }
}
