package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Opens connections on its own threads, because a driver may wait forever for a server that accepts a connection and
 * sends nothing.
 */
final class Connector {

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    /** Bounds the attempts that were given up here but not by the driver. */
    private static final int MAX_CONNECTING = 4;

    private final DataSource source;
    private final Scheduler timer;
    private final boolean makesTables;
    /** Created when it is needed. Null again after it could not start a thread, because it keeps the failed task. */
    private volatile @Nullable Scheduler threads;

    Connector(DataSource source, Scheduler timer, boolean makesTables) {
        this.source = source;
        this.timer = timer;
        this.makesTables = makesTables;
    }

    /** A connection, or the failure to open one. */
    record Attempt(
            @Nullable Connection connection,
            boolean makesTables,
            @Nullable Exception failure) {

        static Attempt failed(String why) {
            return new Attempt(null, false, new SQLTimeoutException(why, "08001"));
        }

        /** Closes a connection that was opened too late. */
        void close() {
            if (connection != null) {
                Connector.close(connection);
            }
        }

        /** {@return begins transactions on the connection; its settings and tables have been checked} */
        Transaction prepare(@Nullable Clock clock) throws Exception {
            if (connection == null) {
                throw failure == null ? new SQLException("no connection") : failure;
            }
            try {
                Dialect dialect = Dialect.of(connection);
                dialect.prepare(connection);
                String opening = dialect == Dialect.POSTGRESQL ? PostgresPooler.opening(connection) : "";
                connection.setAutoCommit(false);
                if (makesTables) {
                    Schema.make(connection, dialect);
                } else {
                    Schema.check(connection, dialect);
                }
                connection.commit();
                return new Transaction(connection, dialect, opening, clock);
            } catch (Throwable e) {
                close();
                throw e;
            }
        }
    }

    /** {@return an attempt to connect; never fails, and takes 10 s at most} */
    Mono<Attempt> connect() {
        return Mono.create(this::begin)
                .timeout(
                        LONGEST_CONNECT,
                        Mono.fromSupplier(() -> Attempt.failed(
                                "the database provided no connection within " + LONGEST_CONNECT.toSeconds() + " s")),
                        timer)
                .onErrorResume(failure -> Mono.just(Attempt.failed("no connection was opened: " + failure)))
                .doOnDiscard(Attempt.class, Attempt::close);
    }

    private void begin(MonoSink<Attempt> sink) {
        try {
            Scheduler used = threads;
            if (used == null) {
                used = Schedulers.newBoundedElastic(MAX_CONNECTING, 1, "ramet-journal-connect", 60, true);
                threads = used;
            }
            var unused = used.schedule(() -> sink.success(attempt()));
        } catch (RejectedExecutionException hanging) {
            sink.success(
                    Attempt.failed("the database has not responded to " + MAX_CONNECTING + " attempts to connect"));
        } catch (Throwable failure) {
            dispose();
            sink.success(Attempt.failed("no thread to connect: " + failure));
        }
    }

    private Attempt attempt() {
        try {
            return new Attempt(source.getConnection(), makesTables, null);
        } catch (SQLException | RuntimeException e) {
            return new Attempt(null, false, e);
        } catch (Throwable e) {
            // Otherwise the attempt would time out, as if the server were silent.
            return new Attempt(null, false, new SQLException("the driver failed with " + e, e));
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (Throwable e) {
            // The connection was broken already. The proxy of a pool may throw anything.
        }
    }

    void dispose() {
        Scheduler used = threads;
        threads = null;
        if (used != null) {
            used.dispose();
        }
    }
}
