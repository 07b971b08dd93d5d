package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * A pooler such as PgBouncer between the driver and PostgreSQL may give each transaction another session. What a
 * session has set, and what it has prepared, is then gone, or is that of another process.
 */
final class PostgresPooler {

    private PostgresPooler() {}

    /**
     * {@return the statements to begin each transaction with, so that it is durable in any session; empty if the
     * session is this connection's own}
     *
     * @throws JournalException if the driver would use prepared statements through a pooler
     */
    static String opening(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet session = statement.executeQuery(
                        "SELECT pg_backend_pid(), reset_val FROM pg_settings WHERE name = 'synchronous_commit'")) {
            session.next();
            if (isDirect(connection, session.getInt(1))) {
                return "";
            }
            return "SET LOCAL synchronous_commit TO " + Dialect.atLeastOn(session.getString(2))
                    + "; SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
        }
    }

    /**
     * A pooler announces a process id of its own. Of another driver it is not known whether there is one. By
     * reflection, because the driver is the application's.
     */
    private static boolean isDirect(Connection connection, int process) throws SQLException {
        try {
            Class<?> type = Class.forName("org.postgresql.PGConnection");
            if (!connection.isWrapperFor(type)) {
                return false;
            }
            Object driver = connection.unwrap(type);
            if (Objects.equals(type.getMethod("getBackendPID").invoke(driver), process)) {
                return true;
            }
            boolean prepares =
                    !Objects.equals(type.getMethod("getPrepareThreshold").invoke(driver), 0)
                            && !"SIMPLE"
                                    .equals(String.valueOf(
                                            type.getMethod("getPreferQueryMode").invoke(driver)));
            if (prepares) {
                throw new JournalException(
                        "the journal's PostgreSQL is behind a pooler such as PgBouncer, which may lose prepared statements between "
                                + "transactions: set prepareThreshold=0 in the URL of the database",
                        null);
            }
            return false;
        } catch (ReflectiveOperationException otherDriver) {
            return false;
        }
    }
}
