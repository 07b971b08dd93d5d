package io.ramet.reactor.concurrent;

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
        boolean going = true;
        while (going && calls.getAndIncrement() == 0) {
            try {
                going = !isDrained();
            } finally {
                if (going) {
                    // Also if this thread's stack is full: otherwise no thread would ever take a step again.
                    calls.set(0);
                }
            }
            going = going && !isContinuedElsewhere();
        }
    }

    /** {@return whether no step is left; otherwise another thread should continue} */
    private boolean isDrained() {
        int taken = 0;
        int seen;
        do {
            seen = calls.get();
            for (Runnable step = next(); step != null; step = next()) {
                take(step);
                if (++taken == MAX_STEPS) {
                    return false;
                }
            }
        } while (calls.addAndGet(-seen) != 0);
        return true;
    }

    private boolean isContinuedElsewhere() {
        try {
            var unused = OwnSchedulers.WORK.schedule(this::run);
            return true;
        } catch (Throwable refused) {
            // It is shut down, or its thread cannot start; then it may keep the task, and run it later.
            return false;
        }
    }

    private @Nullable Runnable next() {
        try {
            return steps.get();
        } catch (Throwable failure) {
            report("the next step could not be found", failure);
            return null;
        }
    }

    private static void take(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            // Reactor throws errors of the virtual machine past all operators.
            report("a step has failed", failure);
        }
    }

    private static void report(String what, Throwable failure) {
        try {
            log.error(what, failure);
        } catch (Throwable e) {
            // The steps of other requests are more important than the log.
        }
    }
}
