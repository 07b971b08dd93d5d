package io.ramet.reactor.credentials;

import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Daemon threads that read files and wait. Created when they are first needed, and kept. */
final class OwnThreads {

    static final Scheduler SCHEDULER = create();

    private OwnThreads() {}

    /** Not by Reactor's current factory: a test may have replaced it by virtual time, and they would keep that. */
    static Scheduler create() {
        Scheduler threads = new Schedulers.Factory() {}.newBoundedElastic(4, Integer.MAX_VALUE, OwnThreads::thread, 60);
        threads.init();
        return threads;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "ramet-credentials-refresh");
        thread.setDaemon(true);
        return thread;
    }
}
