package io.ramet.reactor.concurrent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The schedulers of the whole process, because an application may block all threads of Reactor's. Their daemon threads
 * must not be blocked. They are created when they are first needed, and never disposed of: a delay must end even if its
 * client was closed in the meantime.
 */
public final class OwnSchedulers {

    private static final Logger log = LoggerFactory.getLogger(OwnSchedulers.class);

    /** For delays and permits, which must be punctual. */
    public static final Scheduler TIMER = create("ramet-timer", 2);

    /** For work that follows a result of the journal, which may take longer. */
    public static final Scheduler WORK = create("ramet-work", Schedulers.DEFAULT_POOL_SIZE);

    private OwnSchedulers() {}

    /**
     * Does not use Reactor's current factory: a test may have replaced it with virtual time, which the scheduler would
     * then keep.
     */
    static Scheduler create(String name, int threads) {
        Scheduler scheduler = new Schedulers.Factory() {}.newParallel(threads, work -> new OwnThread(work, name));
        scheduler.init();
        return scheduler;
    }

    private static final class OwnThread extends Thread implements NonBlocking {

        OwnThread(Runnable work, String name) {
            super(work, name);
            setDaemon(true);
            setUncaughtExceptionHandler((thread, failure) -> log.error("a task of {} has failed", name, failure));
        }
    }
}
