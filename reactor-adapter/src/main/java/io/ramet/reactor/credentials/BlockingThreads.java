package io.ramet.reactor.credentials;

import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Daemon threads that may block, for reading files and for time-outs. Created when they are first needed, and never
 * disposed of.
 */
final class BlockingThreads {

    static final Scheduler SCHEDULER = create();

    private BlockingThreads() {}

    /**
     * Does not use Reactor's current factory: a test may have replaced it with virtual time, which these threads would
     * then keep.
     */
    static Scheduler create() {
        Scheduler threads =
                new Schedulers.Factory() {}.newBoundedElastic(4, Integer.MAX_VALUE, BlockingThreads::thread, 60);
        threads.init();
        return threads;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "ramet-credentials-refresh");
        thread.setDaemon(true);
        return thread;
    }
}
