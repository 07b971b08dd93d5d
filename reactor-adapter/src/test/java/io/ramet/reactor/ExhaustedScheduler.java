package io.ramet.reactor;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Another scheduler, which fails once with an error, as if the system could start no thread for it. */
public final class ExhaustedScheduler implements Scheduler {

    private final Scheduler scheduler;
    private final AtomicReference<@Nullable Error> atWorker;
    private final AtomicReference<@Nullable Error> atTask;

    private ExhaustedScheduler(Scheduler scheduler, @Nullable Error atWorker, @Nullable Error atTask) {
        this.scheduler = scheduler;
        this.atWorker = new AtomicReference<>(atWorker);
        this.atTask = new AtomicReference<>(atTask);
    }

    /** Fails when the first worker is created. */
    public static Scheduler forWorker(Scheduler scheduler, Error error) {
        return new ExhaustedScheduler(scheduler, error, null);
    }

    /** Fails when the first task is scheduled without a delay and without a worker. */
    public static Scheduler forTask(Scheduler scheduler, Error error) {
        return new ExhaustedScheduler(scheduler, null, error);
    }

    @Override
    public Disposable schedule(Runnable task) {
        failOnce(atTask);
        return scheduler.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return scheduler.schedule(task, delay, unit);
    }

    @Override
    public Worker createWorker() {
        failOnce(atWorker);
        return scheduler.createWorker();
    }

    private static void failOnce(AtomicReference<@Nullable Error> error) {
        Error now = error.getAndSet(null);
        if (now != null) {
            throw now;
        }
    }
}
