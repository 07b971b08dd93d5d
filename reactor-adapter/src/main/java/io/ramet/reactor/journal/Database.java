package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One connection and the one thread that works on it, so that writes take effect in the order in which they are subscribed to.
 * Writes of a run go before claims and reads: a chunk waits for them with a permit in hand. Results are handed on elsewhere: what
 * is done with them must not hold up the next write. A subscriber that cancels never interrupts the thread.
 */
final class Database {

    private static final int MAX_WAITING = 100_000;
    /** How long what comes after the end is still refused on the thread itself, before the thread is disposed of. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    /** How soon after it could not be had a connection is asked for again. */
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    /** A driver may wait for ever for a server that accepts a connection and says nothing. */
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    /** Connections that are waited for no longer, and that the driver has not given up. */
    private static final int MOST_CONNECTING = 4;

    private final DataSource source;
    private final Scheduler timer;
    private final LongSupplier nanoTime;
    private final Scheduler thread = Schedulers.newBoundedElastic(1, MAX_WAITING, "ramet-journal", 60, true);
    private final Scheduler connector =
            Schedulers.newBoundedElastic(MOST_CONNECTING, 1, "ramet-journal-connect", 60, true);
    private final Deque<Task> urgent = new ConcurrentLinkedDeque<>();
    private final Deque<Task> others = new ConcurrentLinkedDeque<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger signals = new AtomicInteger();
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private volatile boolean closing;
    private volatile boolean isClosed;

    // Of the thread alone.
    private boolean connecting;
    private @Nullable Throwable refused;
    private long refusedAt;
    private @Nullable Connection connection;
    private @Nullable Dialect dialect;

    Database(DataSource source, Scheduler timer, LongSupplier nanoTime) {
        this.source = source;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    /** What is done in one transaction. */
    interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    /** An open transaction. */
    record Transaction(Connection connection, Dialect dialect) {

        PreparedStatement prepare(String sql, Object... values) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(
                    sql.replace("$now", dialect.now).replace("$skipLocked", dialect.skipLocked));
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        }

        int update(String sql, Object... values) throws SQLException {
            try (PreparedStatement statement = prepare(sql, values)) {
                return statement.executeUpdate();
            }
        }
    }

    /** What waits for the thread; {@code connects} unless it needs no connection. */
    private record Task(String what, boolean connects, BooleanSupplier cancelled, Runnable run, MonoSink<?> sink) {

        void fail(Throwable failure) {
            sink.error(
                    failure instanceof JournalException
                            ? failure
                            : new JournalException(
                                    "the journal could not " + what + ": " + failure.getMessage(), failure));
        }
    }

    /** A cold Mono of a run's write, durable when it completes; it has changed nothing, or may have, when it fails. */
    <T> Mono<T> write(String what, Work<T> work) {
        return write(what, work, written -> written);
    }

    /** The same; {@code committed} is called on the thread, before any other work. */
    <T, R> Mono<R> write(String what, Work<T> work, Function<T, R> committed) {
        return enqueue(urgent, what, cancelled -> run(what, work, committed, () -> false));
    }

    /** A cold Mono of a claim: it fails before its commit if it was cancelled, or if closing has begun. */
    <T, R> Mono<R> claim(String what, Work<T> work, Function<T, R> committed) {
        return enqueue(others, what, cancelled -> {
            BooleanSupplier unwanted = () -> closing || cancelled.getAsBoolean();
            if (unwanted.getAsBoolean()) {
                throw closedFor(what);
            }
            return run(what, work, committed, unwanted);
        });
    }

    /** A cold Mono of what was read. */
    <T> Mono<T> read(String what, Work<T> work) {
        return enqueue(others, what, cancelled -> run(what, work, read -> read, () -> false));
    }

    private <T> Mono<T> enqueue(Deque<Task> queue, String what, Function<BooleanSupplier, T> work) {
        return Mono.<T>create(sink -> {
                    AtomicBoolean cancelled = new AtomicBoolean();
                    sink.onCancel(() -> cancelled.set(true));
                    Runnable run = () -> {
                        try {
                            sink.success(work.apply(cancelled::get));
                        } catch (RuntimeException e) {
                            sink.error(e);
                        }
                    };
                    add(queue, new Task(what, true, cancelled::get, run, sink));
                })
                .publishOn(Schedulers.parallel());
    }

    private void add(Deque<Task> queue, Task task) {
        if (isClosed) {
            task.fail(closedFor(task.what()));
        } else if (waiting.getAndIncrement() >= MAX_WAITING) {
            waiting.decrementAndGet();
            task.fail(new RejectedExecutionException(MAX_WAITING + " operations are waiting for the journal"));
        } else {
            queue.addLast(task);
            signal();
        }
    }

    private static JournalException closedFor(String what) {
        return new JournalException("the journal could not " + what + ": it is closed", null);
    }

    /** {@return whether the same write may succeed in a moment} */
    static boolean mayPass(Throwable failure) {
        return failure instanceof JournalException
                && (failure.getCause() instanceof SQLException
                        || failure.getCause() instanceof RejectedExecutionException);
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                thread.schedule(this::drain);
            } catch (RejectedExecutionException disposed) {
                for (Task task = poll(); task != null; task = poll()) {
                    task.fail(closedFor(task.what()));
                }
            }
        }
    }

    private void drain() {
        int seen;
        do {
            seen = signals.get();
            while (step()) {
                // One task each.
            }
        } while (signals.addAndGet(-seen) != 0);
    }

    /** {@return whether there may be more to do} */
    private boolean step() {
        Task task = connecting ? null : poll();
        if (task == null) {
            return false;
        }
        if (task.cancelled().getAsBoolean()) {
            return true;
        }
        if (isClosed) {
            task.fail(closedFor(task.what()));
        } else if (!task.connects() || connected()) {
            task.run().run();
        } else if (refused != null && nanoTime.getAsLong() - refusedAt < ASK_AGAIN.toNanos()) {
            // Those in the queue are not to wait one after the other for a server that cannot be had.
            task.fail(refused);
        } else {
            waiting.incrementAndGet();
            urgent.addFirst(task);
            connect();
        }
        return true;
    }

    private @Nullable Task poll() {
        Task first = urgent.pollFirst();
        Task task = first == null ? others.pollFirst() : first;
        if (task != null) {
            waiting.decrementAndGet();
        }
        return task;
    }

    private boolean connected() {
        try {
            return connection != null && !connection.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    /** On a thread of its own, which may hang for as long as the driver likes. */
    private void connect() {
        connecting = true;
        AtomicBoolean decided = new AtomicBoolean();
        Disposable limit = timer.schedule(
                () -> {
                    if (decided.compareAndSet(false, true)) {
                        decide(() -> refuse(new SQLTimeoutException(
                                "the database gave no connection within " + LONGEST_CONNECT.toSeconds() + " s",
                                "08001")));
                    }
                },
                LONGEST_CONNECT.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            connector.schedule(() -> {
                try {
                    Connection opened = source.getConnection();
                    if (decided.compareAndSet(false, true)) {
                        decide(() -> prepare(opened));
                    } else {
                        close(opened);
                    }
                } catch (SQLException | RuntimeException e) {
                    if (decided.compareAndSet(false, true)) {
                        decide(() -> refuse(e));
                    }
                } finally {
                    limit.dispose();
                }
            });
        } catch (RejectedExecutionException e) {
            limit.dispose();
            connecting = false;
            refuse(new SQLTimeoutException(
                    "the database has not answered " + MOST_CONNECTING + " attempts to connect", "08001"));
        }
    }

    /** Back on the thread. */
    private void decide(Runnable decision) {
        try {
            thread.schedule(() -> {
                decision.run();
                connecting = false;
                signal();
            });
        } catch (RejectedExecutionException disposed) {
            // Closed meanwhile.
        }
    }

    private void refuse(Throwable why) {
        refused = why;
        refusedAt = nanoTime.getAsLong();
    }

    private void prepare(Connection opened) {
        try {
            Dialect spoken = Dialect.of(opened);
            spoken.prepare(opened);
            spoken.check(opened);
            opened.setAutoCommit(false);
            Schema.make(opened, spoken);
            opened.commit();
            connection = opened;
            dialect = spoken;
            refused = null;
        } catch (SQLException | RuntimeException e) {
            close(opened);
            refuse(e);
        }
    }

    private <T, R> R run(String what, Work<T> work, Function<T, R> committed, BooleanSupplier unwanted) {
        try {
            Connection used = connection;
            Dialect spoken = dialect;
            if (used == null || spoken == null) {
                throw new JournalException("the journal is not connected", null);
            }
            T result = work.in(new Transaction(used, spoken));
            if (unwanted.getAsBoolean()) {
                throw closedFor(what);
            }
            used.commit();
            return committed.apply(result);
        } catch (SQLException e) {
            drop();
            throw new JournalException("the journal could not " + what + ": " + e.getMessage(), e);
        } catch (RunFailure e) {
            rollback();
            throw e;
        } catch (RuntimeException e) {
            rollback();
            throw new JournalException("the journal could not " + what + ": " + e, e);
        }
    }

    /** {@return completes when no more will be done} */
    Mono<Void> closed() {
        return closed.asMono();
    }

    private void rollback() {
        try {
            if (connection != null) {
                connection.rollback();
            }
        } catch (SQLException e) {
            drop();
        }
    }

    /** A connection that has failed once is not trusted again. */
    private void drop() {
        Connection dropped = connection;
        connection = null;
        if (dropped != null) {
            close(dropped);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It was broken already.
        }
    }

    /** After all that was asked for. Not disposed of gracefully: Reactor's way of that holds the JVM for ten seconds. */
    Mono<Void> close() {
        return Mono.<Void>create(sink -> {
                    closing = true;
                    closed.tryEmitEmpty();
                    Runnable last = () -> {
                        isClosed = true;
                        drop();
                        sink.success();
                    };
                    if (isClosed) {
                        sink.success();
                    } else {
                        others.addLast(new Task("close", false, () -> false, last, sink));
                        waiting.incrementAndGet();
                        signal();
                    }
                })
                .publishOn(Schedulers.parallel())
                .onErrorComplete(JournalException.class)
                .doOnTerminate(() -> timer.schedule(
                        () -> Schedulers.boundedElastic().schedule(() -> {
                            thread.dispose();
                            connector.dispose();
                        }),
                        LAST_WORDS.toMillis(),
                        TimeUnit.MILLISECONDS));
    }
}
