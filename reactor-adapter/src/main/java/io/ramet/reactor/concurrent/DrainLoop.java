package io.ramet.reactor.concurrent;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes steps on one thread at a time until none is left. Calls that arrive in the meantime are handled by the same
 * thread, so the stack does not grow and no lock is held. After {@value #MAX_STEPS} steps another thread continues, so
 * that a thread that came for one step is not kept busy with the steps of others. A failed step does not stop the steps
 * after it, because they belong to other requests. Thread-safe.
 */
public final class DrainLoop {

    private static final Logger log = LoggerFactory.getLogger(DrainLoop.class);

    private static final int MAX_STEPS = 1_000;

    private final AtomicInteger calls = new AtomicInteger();
    private final Supplier<@Nullable Runnable> steps;

    /** {@code steps} supplies the next step, or null if there is none now; called on one thread at a time. */
    public DrainLoop(Supplier<@Nullable Runnable> steps) {
        this.steps = steps;
    }

    /** Takes all available steps, or leaves them to the thread that is already taking steps. */
    public void run() {
        if (calls.getAndIncrement() == 0) {
            drain();
        }
    }

    private void drain() {
        int taken = 0;
        int seen;
        do {
            seen = calls.get();
            for (Runnable step = next(); step != null; step = next()) {
                take(step);
                if (++taken >= MAX_STEPS && isContinuedElsewhere()) {
                    return;
                }
            }
        } while (calls.addAndGet(-seen) != 0);
    }

    private boolean isContinuedElsewhere() {
        try {
            OwnSchedulers.WORK.schedule(this::drain);
            return true;
        } catch (RejectedExecutionException shutDown) {
            return false;
        }
    }

    private @Nullable Runnable next() {
        try {
            return steps.get();
        } catch (RuntimeException | Error failure) {
            log.error("the next step could not be found", failure);
            return null;
        }
    }

    private static void take(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            // Reactor throws errors of the virtual machine past all operators.
            log.error("a step has failed", failure);
        }
    }
}
