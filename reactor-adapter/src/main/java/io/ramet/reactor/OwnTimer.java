package io.ramet.reactor;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The timer of all clients of the process: daemon threads that must not be blocked. */
final class OwnTimer {

    private static final Logger log = LoggerFactory.getLogger(OwnTimer.class);
    private static final int THREADS = 2;

    /**
     * Created for the first client and never disposed of: a delay must end even if its client was closed in the
     * meantime.
     */
    static final Scheduler SHARED = create();

    private OwnTimer() {}

    /**
     * Does not use Reactor's current factory: a test may have replaced it with virtual time, which the timer would then
     * keep.
     */
    static Scheduler create() {
        Scheduler timer = new Schedulers.Factory() {}.newParallel(THREADS, TimerThread::new);
        timer.init();
        return timer;
    }

    private static final class TimerThread extends Thread implements NonBlocking {

        TimerThread(Runnable work) {
            super(work, "ramet-timer");
            setDaemon(true);
            setUncaughtExceptionHandler((thread, failure) -> log.error("a task of the timer has failed", failure));
        }
    }
}
