package io.ramet.reactor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that meet as nearly at once as a barrier and a spin can make it. */
public final class Meeting implements AutoCloseable {

    private static final int LONGEST_SPIN = 50;
    private static final int PATIENCE_SECONDS = 60;

    private final ExecutorService threads;
    private final CyclicBarrier barrier;
    private final int count;

    public Meeting(int count) {
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count);
        this.barrier = new CyclicBarrier(count);
    }

    /** Calls each on a thread of its own, the second and third a little later from round to round. */
    @SafeVarargs
    public final <T> List<T> of(int round, Callable<? extends T>... works) throws Exception {
        if (works.length != count) {
            throw new IllegalArgumentException(works.length + " works for " + count + " threads");
        }
        List<Future<? extends T>> meeting = new ArrayList<>();
        for (int i = 0; i < works.length; i++) {
            Callable<? extends T> work = works[i];
            int spin = i * (round % LONGEST_SPIN);
            meeting.add(threads.submit(() -> {
                barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                for (int n = 0; n < spin; n++) {
                    Thread.onSpinWait();
                }
                return work.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<? extends T> one : meeting) {
            try {
                results.add(one.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                throw new AssertionError("round " + round + ": a thread failed", e.getCause());
            }
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
