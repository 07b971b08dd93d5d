package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One connection and the one thread that works on it, so that writes take effect in the order in which they are asked for.
 * Results are handed on elsewhere: what is done with them must not hold up the next write.
 */
final class Database {

    private static final int MAX_WAITING = 100_000;
    /** For so long, whoever comes too late is told so. What is in the queue of a thread that is disposed of is never answered. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    /** How soon after it could not be had a connection is asked for again. */
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    /** Classes of SQLSTATE: no connection, too few resources, and an operator who intervened. */
    private static final Set<String> AWAY = Set.of("08", "53", "57");

    private final DataSource source;
    private final Scheduler thread = Schedulers.newBoundedElastic(1, MAX_WAITING, "ramet-journal", 60, true);
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private boolean isClosed;
    private @Nullable SQLException refused;
    private long refusedAt;
    private @Nullable Connection connection;
    private @Nullable Dialect dialect;

    Database(DataSource source) {
        this.source = source;
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

    /** A cold Mono that is durable when it completes, and has changed nothing, or may have, when it fails. */
    <T> Mono<T> transact(String what, Work<T> work) {
        return Mono.fromCallable(() -> run(what, work))
                .subscribeOn(thread)
                .publishOn(Schedulers.parallel())
                .onErrorMap(
                        RejectedExecutionException.class,
                        closed -> new JournalException("the journal could not " + what + ": it is closed", closed));
    }

    private <T> T run(String what, Work<T> work) {
        try {
            Transaction transaction = transaction();
            T result = work.in(transaction);
            transaction.connection().commit();
            return result;
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

    /** {@return whether the database could not be reached or went away, so that it may be back in a moment} */
    static boolean isAway(Throwable failure) {
        return failure.getCause() instanceof SQLException e
                && (e instanceof SQLTransientException
                        || e instanceof SQLRecoverableException
                        || (e.getSQLState() != null
                                && AWAY.contains(e.getSQLState().substring(0, 2))));
    }

    private Transaction transaction() throws SQLException {
        if (isClosed) {
            throw new JournalException("the journal is closed", null);
        }
        if (connection != null && dialect != null && !connection.isClosed()) {
            return new Transaction(connection, dialect);
        }
        Connection opened = connect();
        try {
            Dialect spoken = Dialect.of(opened);
            spoken.prepare(opened);
            spoken.check(opened);
            opened.setAutoCommit(false);
            Schema.make(opened, spoken);
            opened.commit();
            connection = opened;
            dialect = spoken;
            return new Transaction(opened, spoken);
        } catch (SQLException | RuntimeException e) {
            close(opened);
            throw e;
        }
    }

    /** {@return completes when no more will be done} */
    Mono<Void> closed() {
        return closed.asMono();
    }

    /** Those in the queue are not to wait one after the other for a server that does not answer. */
    private Connection connect() throws SQLException {
        long now = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
        SQLException before = refused;
        if (before != null && now - refusedAt < ASK_AGAIN.toMillis()) {
            throw before;
        }
        try {
            Connection connected = source.getConnection();
            refused = null;
            return connected;
        } catch (SQLException e) {
            refused = e;
            refusedAt = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
            throw e;
        }
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
        return Mono.<Void>fromRunnable(() -> {
                    isClosed = true;
                    drop();
                })
                .subscribeOn(thread)
                .doOnSubscribe(closing -> closed.tryEmitEmpty())
                .publishOn(Schedulers.parallel())
                .onErrorComplete(RejectedExecutionException.class)
                .doOnTerminate(() -> Mono.delay(LAST_WORDS)
                        .publishOn(Schedulers.boundedElastic())
                        .subscribe(said -> thread.dispose()));
    }
}
