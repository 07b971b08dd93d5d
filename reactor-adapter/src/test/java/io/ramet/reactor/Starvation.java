package io.ramet.reactor;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how late this machine is: a thread that wants to wake up every two milliseconds. What is later than the
 * jitter that a shape absorbs says something about the machine and nothing about the shape.
 */
public final class Starvation implements AutoCloseable {

    private static final long TICK = Duration.ofMillis(2).toNanos();

    private final Thread thread = new Thread(this::watch, "starvation");
    private volatile long worst;
    private volatile boolean closed;

    public Starvation() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long due = System.nanoTime() + TICK;
        while (!closed) {
            LockSupport.parkNanos(due - System.nanoTime());
            long now = System.nanoTime();
            worst = Math.max(worst, now - due);
            due = now + TICK;
        }
    }

    /** {@return the most that it woke up late} */
    public Duration worst() {
        return Duration.ofNanos(worst);
    }

    @Override
    public void close() {
        closed = true;
    }
}
