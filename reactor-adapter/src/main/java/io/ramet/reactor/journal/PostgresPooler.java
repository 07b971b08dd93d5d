package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * Detects a pooler such as PgBouncer between the driver and PostgreSQL. A pooler may assign each transaction to another
 * session, so that settings and prepared statements are missing, or are those of another process.
 */
final class PostgresPooler {

    private PostgresPooler() {}

    /**
     * {@return the statements that begin each transaction, so that it is durable in any session; empty if the session
     * belongs to this connection}
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
     * A pooler announces its own process id. With another driver, a pooler cannot be ruled out. Uses reflection,
     * because the driver belongs to the application.
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
                        "the journal's PostgreSQL is behind a pooler such as PgBouncer, which may lose prepared statements "
                                + "between transactions: set prepareThreshold=0 in the URL of the database",
                        null);
            }
            return false;
        } catch (ReflectiveOperationException otherDriver) {
            return false;
        }
    }
}
