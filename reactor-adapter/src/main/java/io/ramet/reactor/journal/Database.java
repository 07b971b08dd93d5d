package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One connection and the one thread that works on it, so that writes take effect in the order in which they are asked for.
 * Results are handed on elsewhere: what is done with them must not hold up the next write.
 */
final class Database {

    private static final int MAX_WAITING = 100_000;
    /** Classes of SQLSTATE: no connection, too few resources, and an operator who intervened. */
    private static final Set<String> AWAY = Set.of("08", "53", "57");

    private final DataSource source;
    private final Scheduler thread = Schedulers.newBoundedElastic(1, MAX_WAITING, "ramet-journal", 60, true);
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
        if (connection != null && dialect != null && !connection.isClosed()) {
            return new Transaction(connection, dialect);
        }
        Connection opened = source.getConnection();
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
        return Mono.<Void>fromRunnable(this::drop)
                .subscribeOn(thread)
                .publishOn(Schedulers.boundedElastic())
                .onErrorComplete(RejectedExecutionException.class)
                .then(Mono.fromRunnable(thread::dispose));
    }
}
