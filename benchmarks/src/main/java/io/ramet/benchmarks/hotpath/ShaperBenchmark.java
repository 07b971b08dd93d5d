package io.ramet.benchmarks.hotpath;

import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The cost of a permit without the wait for it: each reading of the clock advances it, so that no request waits. */
public class ShaperBenchmark extends TimePerCall {

    private static final int WAITERS = 64;

    private final Loop loop = new Loop();
    private long now;
    private final RequestShaper shaper = RequestShaper.paced(
            20, RequestShaper.JITTER, loop, () -> now += Duration.ofMillis(100).toNanos());
    private long sent;
    private final Mono<Long> sending = Mono.fromSupplier(() -> ++sent);

    /** Checks that every request gets a permit. */
    @Setup
    public void check() {
        same(1L, alone());
        same(1L + WAITERS, among64());
    }

    /** {@return the number of permits so far, with no other request waiting} */
    @Benchmark
    public long alone() {
        shaper.shape(sending).subscribe();
        loop.run();
        return sent;
    }

    /** {@return the number of permits so far, with 64 requests in the queue} */
    @Benchmark
    @OperationsPerInvocation(WAITERS)
    public long among64() {
        for (int i = 0; i < WAITERS; i++) {
            shaper.shape(sending).subscribe();
        }
        loop.run();
        return sent;
    }

    /** The event loop of one thread: runs what is due soon at the next {@link #run}, and nothing else. */
    private static final class Loop implements Scheduler {

        private final Queue<Runnable> due = new ArrayDeque<>();

        @Override
        public Disposable schedule(Runnable task) {
            due.add(task);
            return Disposables.disposed();
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            // The longer ones are time limits, which are cancelled in time.
            boolean soon = unit.toNanos(delay) < RequestShaper.LONGEST_IDLE.toNanos();
            return soon ? schedule(task) : Disposables.single();
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException("the shaper uses no worker");
        }

        void run() {
            for (Runnable task = due.poll(); task != null; task = due.poll()) {
                task.run();
            }
        }
    }
}
