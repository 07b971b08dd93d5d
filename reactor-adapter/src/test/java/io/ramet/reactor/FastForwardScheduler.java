package io.ramet.reactor;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Real threads on which every wait takes a hundredth of its time. */
public final class FastForwardScheduler implements Scheduler {

    private static final int TIMES = 100;

    private final Scheduler threads = Schedulers.parallel();

    /** A clock in step with this. */
    public static long nanoTime() {
        return System.nanoTime() * TIMES;
    }

    @Override
    public Disposable schedule(Runnable task) {
        return threads.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return threads.schedule(task, unit.toNanos(delay) / TIMES, TimeUnit.NANOSECONDS);
    }

    @Override
    public Worker createWorker() {
        return threads.createWorker();
    }
}
