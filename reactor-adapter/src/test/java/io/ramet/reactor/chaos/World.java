package io.ramet.reactor.chaos;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * All of Reactor's threads as one, in virtual time: a seed determines the whole schedule. A task starts up to 20 µs
 * late, so that seeds differ in which task overtakes which.
 */
final class World implements Schedulers.Factory, AutoCloseable {

    private static final Instant BEGINNING = Instant.parse("2026-11-24T10:00:00Z");
    private static final int JITTER_NANOS = 20_000;

    private final Random random;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final List<Throwable> thrown = new ArrayList<>();
    private long now;
    private long sequence;
    private Duration wallClock = Duration.ZERO;
    private Supplier<Duration> journalLatency = () -> Duration.ZERO;

    World(long seed) {
        this.random = new Random(seed);
        Schedulers.setFactory(this);
    }

    /** Sets how long each task on a journal's thread takes. */
    void journalLatency(Supplier<Duration> latency) {
        journalLatency = latency;
    }

    /** Moves the time of day that Reactor's schedulers report; delays are not affected. */
    void stepWallClock(Duration by) {
        wallClock = wallClock.plus(by);
    }

    long nanoTime() {
        return now;
    }

    Instant instant() {
        return BEGINNING.plusNanos(now);
    }

    /** A wall clock that is wrong by a variable offset. */
    Clock clock(Supplier<Duration> offset) {
        return new Clock() {
            @Override
            public Instant instant() {
                return World.this.instant().plus(offset.get());
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    void after(Duration delay, Runnable what) {
        add(now + delay.toNanos(), what);
    }

    /** Runs the tasks that are due within this time, and moves the time on by it. */
    void advance(Duration by) {
        long end = now + by.toNanos();
        while (!tasks.isEmpty() && tasks.peek().at <= end) {
            Task next = tasks.remove();
            if (next.isDisposed()) {
                continue;
            }
            now = Math.max(now, next.at);
            try {
                next.what.run();
            } catch (Throwable failure) {
                thrown.add(failure);
            }
        }
        now = end;
    }

    /** The exceptions that no subscriber received. */
    List<Throwable> thrown() {
        return thrown;
    }

    private Task add(long at, Runnable what) {
        Task task = new Task(at, sequence++, what);
        tasks.add(task);
        return task;
    }

    @Override
    public void close() {
        Schedulers.resetFactory();
    }

    @Override
    public Scheduler newBoundedElastic(int threads, int queue, ThreadFactory factory, int ttl) {
        boolean journal = factory instanceof Supplier<?> named
                && String.valueOf(named.get()).contains("journal");
        return new Threads(threads == 1, journal);
    }

    @Override
    public Scheduler newThreadPerTaskBoundedElastic(int threads, int queue, ThreadFactory factory) {
        return new Threads(threads == 1, false);
    }

    @Override
    public Scheduler newParallel(int threads, ThreadFactory factory) {
        return new Threads(threads == 1, false);
    }

    @Override
    public Scheduler newSingle(ThreadFactory factory) {
        return new Threads(true, false);
    }

    private static final class Task implements Disposable, Comparable<Task> {
        private final long at;
        private final long number;
        private final Runnable what;
        private boolean disposed;

        Task(long at, long number, Runnable what) {
            this.at = at;
            this.number = number;
            this.what = what;
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }

        @Override
        public int compareTo(Task other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    /** A scheduler of one thread or of many. */
    private final class Threads implements Scheduler {
        private final boolean single;
        private final boolean journal;
        private final Worker own = new OneAfterTheOther();
        private boolean disposed;

        Threads(boolean single, boolean journal) {
            this.single = single;
            this.journal = journal;
        }

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return single ? own.schedule(task, delay, unit) : begin(task, now + unit.toNanos(delay) + jitter());
        }

        private Disposable begin(Runnable task, long at) {
            if (disposed) {
                throw Exceptions.failWithRejected();
            }
            return add(at, () -> {
                if (!disposed) {
                    task.run();
                }
            });
        }

        private long jitter() {
            return random.nextInt(JITTER_NANOS);
        }

        @Override
        public Disposable schedulePeriodically(Runnable task, long delay, long period, TimeUnit unit) {
            return new Periodic(task, own, unit.toNanos(delay), unit.toNanos(period));
        }

        @Override
        public long now(TimeUnit unit) {
            return unit.convert(instant().plus(wallClock).toEpochMilli(), TimeUnit.MILLISECONDS);
        }

        @Override
        public Worker createWorker() {
            return single ? own : new OneAfterTheOther();
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }

        /** Tasks without a delay keep their order. */
        private final class OneAfterTheOther implements Worker {
            private long last;
            private boolean gone;

            @Override
            public Disposable schedule(Runnable task) {
                return schedule(task, 0, TimeUnit.NANOSECONDS);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                if (gone) {
                    throw Exceptions.failWithRejected();
                }
                Runnable unlessGone = () -> {
                    if (!gone) {
                        task.run();
                    }
                };
                if (delay > 0) {
                    return begin(unlessGone, now + unit.toNanos(delay) + jitter());
                }
                long latency = journal ? journalLatency.get().toNanos() : 0;
                last = Math.max(last, now) + jitter() + latency;
                return begin(unlessGone, last);
            }

            @Override
            public Disposable schedulePeriodically(Runnable task, long delay, long period, TimeUnit unit) {
                return new Periodic(task, this, unit.toNanos(delay), unit.toNanos(period));
            }

            @Override
            public void dispose() {
                gone = !single;
            }

            @Override
            public boolean isDisposed() {
                return gone;
            }
        }
    }

    private static final class Periodic implements Disposable {
        private final Runnable task;
        private final Scheduler.Worker worker;
        private final long period;
        private Disposable next;
        private boolean disposed;

        Periodic(Runnable task, Scheduler.Worker worker, long delay, long period) {
            this.task = task;
            this.worker = worker;
            this.period = Math.max(1, period);
            this.next = worker.schedule(this::tick, Math.max(1, delay), TimeUnit.NANOSECONDS);
        }

        private void tick() {
            if (!disposed && !worker.isDisposed()) {
                task.run();
                if (!disposed && !worker.isDisposed()) {
                    next = worker.schedule(this::tick, period, TimeUnit.NANOSECONDS);
                }
            }
        }

        @Override
        public void dispose() {
            disposed = true;
            next.dispose();
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }
}
