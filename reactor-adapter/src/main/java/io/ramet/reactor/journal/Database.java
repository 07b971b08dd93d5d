package io.ramet.reactor.journal;

import io.ramet.reactor.journal.Operation.Kind;
import io.ramet.reactor.journal.Operation.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One connection and the one thread that uses it, so that writes take effect in the order in which they are subscribed
 * to. Writes that wait at the same time share a transaction, because a commit waits for the disk and takes as long for
 * many writes as for one. If one of them fails, each is repeated in its own transaction.
 *
 * <p>Results are emitted on other threads, so that their subscribers do not delay the next write. Cancelling never
 * interrupts the thread.
 */
final class Database {

    /** How long the thread still rejects late operations after closing, before it is disposed of. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    /** The pause after a failed connection attempt; operations during the pause fail at once. */
    private static final Duration CONNECT_AGAIN = Duration.ofMillis(500);

    private final Connector connector;
    private final Scheduler timer;
    private final LongSupplier nanoTime;
    private final @Nullable Clock clock;
    /** Kept when it is idle, because a connection must be closed on it, and starting a thread may fail. */
    private final Scheduler thread =
            Schedulers.newBoundedElastic(1, OperationQueue.MAX_WAITING, "ramet-journal", Integer.MAX_VALUE, true);

    private final OperationQueue waiting = new OperationQueue();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Sinks.Empty<Void> closingBegun = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean closing;
    private volatile boolean closed;
    private volatile boolean connecting;

    // Used by the thread only.
    private @Nullable Throwable refused;
    private long refusedAt;
    private @Nullable Transaction transactions;

    /** If {@code clock} is null, the time is that of the database. */
    Database(Connector connector, Scheduler timer, LongSupplier nanoTime, @Nullable Clock clock) {
        this.connector = connector;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.clock = clock;
    }

    /** {@return a cold Mono of a run's write, durable when it completes; if it fails, it may have taken effect} */
    <T> Mono<T> write(String what, Work<T> work) {
        return write(what, work, written -> written);
    }

    /** The same; {@code committed} is called on the journal's thread, before any later work. */
    <T, R> Mono<R> write(String what, Work<T> work, Function<T, R> committed) {
        return operation(Kind.WRITE, what, work, committed);
    }

    /** {@return a cold Mono of a claim, which fails before its commit if it was cancelled or if closing has begun} */
    <T, R> Mono<R> claim(String what, Work<T> work, Function<T, R> committed) {
        return operation(Kind.CLAIM, what, work, committed);
    }

    /** {@return a cold Mono of the result of a read} */
    <T> Mono<T> read(String what, Work<T> work) {
        return operation(Kind.READ, what, work, read -> read);
    }

    private <T, R> Mono<R> operation(Kind kind, String what, Work<T> work, Function<T, R> committed) {
        return Mono.<R>create(sink -> add(new Operation<>(kind, what, work, committed, sink)))
                .publishOn(timer);
    }

    private void add(Operation<?, ?> operation) {
        if (closed || (closing && operation.kind() != Kind.WRITE)) {
            operation.fail(operation.closed());
        } else if (waiting.offer(operation)) {
            signal();
        } else {
            operation.fail(new RejectedExecutionException(
                    OperationQueue.MAX_WAITING + " operations are waiting for the journal"));
        }
    }

    /** {@return whether the same write may succeed a moment later} */
    static boolean mayPass(Throwable failure) {
        return failure instanceof JournalException
                && (failure.getCause() instanceof SQLException
                        || failure.getCause() instanceof RejectedExecutionException);
    }

    private void signal() {
        if (signalled.compareAndSet(false, true)) {
            onThread(this::drain, this::refuse);
        }
    }

    /** {@code orElse} is called if the thread is disposed of, or if the system cannot start it. */
    private void onThread(Runnable task, Consumer<Throwable> orElse) {
        try {
            var unused = thread.schedule(task);
        } catch (Throwable failure) {
            orElse.accept(failure);
        }
    }

    /** The thread has not started, so nothing is open. The scheduler may have kept its task, and run it later. */
    private void refuse(Throwable why) {
        signalled.set(false);
        for (List<Operation<?, ?>> group = waiting.next(); !group.isEmpty(); group = waiting.next()) {
            group.forEach(operation -> operation.fail(
                    closed ? operation.closed() : new RejectedExecutionException("no thread: " + why, why)));
        }
        end();
    }

    private void drain() {
        // Before the steps, so that a failure between them cannot prevent a later signal.
        signalled.set(false);
        while (step()) {
            // Each step is one transaction.
        }
    }

    /** {@return whether there may be more to do} */
    private boolean step() {
        if (connecting) {
            return false;
        }
        List<Operation<?, ?>> group = waiting.next();
        if (group.isEmpty()) {
            end();
            return false;
        }
        group.removeIf(Operation::isCancelled);
        if (group.isEmpty()) {
            return true;
        }
        try {
            serve(group);
        } catch (Throwable failure) {
            group.forEach(operation -> operation.fail(failure));
        }
        return true;
    }

    private void serve(List<Operation<?, ?>> group) {
        if (closed) {
            group.forEach(operation -> operation.fail(operation.closed()));
        } else if (transactions != null) {
            run(group, transactions);
        } else if (refused != null && nanoTime.getAsLong() - refusedAt < CONNECT_AGAIN.toNanos()) {
            Throwable why = refused;
            group.forEach(operation -> operation.fail(why));
        } else {
            waiting.putBack(group);
            connect();
        }
    }

    private void run(List<Operation<?, ?>> group, Transaction transaction) {
        boolean committing = false;
        try {
            transaction.open();
            for (Operation<?, ?> operation : group) {
                checkWanted(operation);
                operation.run(transaction);
            }
            group.forEach(this::checkWanted);
            committing = true;
            transaction.connection().commit();
        } catch (Throwable failure) {
            undo(failure, transaction.connection());
            if (committing || !mayDoAgain(group, failure)) {
                group.forEach(operation -> operation.fail(failure));
            } else {
                group.forEach(Operation::separate);
                waiting.putBack(group);
            }
            return;
        }
        group.forEach(Operation::succeed);
    }

    /**
     * Repeats a claim or a read once, because the server may have closed an idle connection; callers repeat writes.
     */
    private static boolean mayDoAgain(List<Operation<?, ?>> group, Throwable failure) {
        Operation<?, ?> first = group.get(0);
        return group.size() > 1
                || (first.kind() != Kind.WRITE && !first.isSeparate() && failure instanceof SQLException);
    }

    private void checkWanted(Operation<?, ?> operation) {
        if (operation.kind() == Kind.CLAIM && (closing || operation.isCancelled())) {
            throw operation.closed();
        }
    }

    /** Rolls back, or closes a connection that has failed: it is not trusted again. Never fails. */
    private void undo(Throwable failure, Connection connection) {
        boolean sound = failure instanceof RuntimeException;
        try {
            if (sound) {
                connection.rollback();
            }
        } catch (Throwable e) {
            sound = false;
        }
        if (!sound) {
            transactions = null;
            Connector.close(connection);
        }
    }

    private void connect() {
        connecting = true;
        try {
            var unused = connector
                    .connect()
                    .subscribe(attempt -> onThread(() -> connected(attempt), failure -> {
                        attempt.close();
                        connecting = false;
                        signal();
                    }));
        } catch (Throwable e) {
            connected(Connector.Attempt.failed("no connection was opened: " + e));
        }
    }

    private void connected(Connector.Attempt attempt) {
        connecting = false;
        try {
            transactions = attempt.prepare(clock);
            refused = null;
        } catch (Throwable e) {
            refused = e;
            refusedAt = nanoTime.getAsLong();
        }
        signal();
    }

    /** {@return completes when closing begins} */
    Mono<Void> closing() {
        return closingBegun.asMono();
    }

    /** Closes after all earlier operations. */
    Mono<Void> disposeLater() {
        return Mono.defer(() -> {
                    closing = true;
                    closingBegun.tryEmitEmpty();
                    signal();
                    return ended.asMono();
                })
                .publishOn(timer)
                // Not disposeGracefully, which keeps the JVM alive for ten seconds.
                .doOnTerminate(() -> timer.schedule(
                        () -> onThread(this::dispose, failure -> {}), LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Runs on the journal's thread, because it may wait for a lock. */
    private void dispose() {
        connector.dispose();
        thread.dispose();
    }

    private void end() {
        if (closing && !closed) {
            closed = true;
            if (transactions != null) {
                Connector.close(transactions.connection());
                transactions = null;
            }
            ended.tryEmitEmpty();
        }
    }
}
