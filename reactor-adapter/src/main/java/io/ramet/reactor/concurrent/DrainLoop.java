package io.ramet.reactor.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a task on one thread at a time. That thread repeats it for calls that came meanwhile: no stack grows, and no
 * lock is held. Thread-safe.
 */
public final class DrainLoop {

    private final AtomicInteger calls = new AtomicInteger();
    private final Runnable task;

    public DrainLoop(Runnable task) {
        this.task = task;
    }

    /** Runs the task, or leaves it to the thread that is running it. */
    public void run() {
        if (calls.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            task.run();
            missed = calls.addAndGet(-missed);
        }
    }
}
