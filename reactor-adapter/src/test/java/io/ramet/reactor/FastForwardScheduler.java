package io.ramet.reactor;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Real threads on which every wait takes a fraction of its time, a hundredth unless another one is set. */
public final class FastForwardScheduler implements Scheduler {

    private static final int TIMES = 100;

    private final Scheduler threads = Schedulers.parallel();
    private final int times;

    public FastForwardScheduler() {
        this(TIMES);
    }

    public FastForwardScheduler(int times) {
        this.times = times;
    }

    /** A clock in step with a hundredth. */
    public static long nanoTime() {
        return System.nanoTime() * TIMES;
    }

    /** A clock in step with this. */
    public LongSupplier clock() {
        return () -> System.nanoTime() * times;
    }

    @Override
    public Disposable schedule(Runnable task) {
        return threads.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return threads.schedule(task, unit.toNanos(delay) / times, TimeUnit.NANOSECONDS);
    }

    @Override
    public Worker createWorker() {
        return threads.createWorker();
    }
}
