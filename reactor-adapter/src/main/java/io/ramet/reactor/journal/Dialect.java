package io.ramet.reactor.journal;

import io.ramet.error.InvalidValueException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The differences between the databases. Elsewhere, statements are written in their common SQL, with placeholders that
 * {@link #spell} replaces.
 */
enum Dialect {
    /**
     * One file, one machine; a commit is on the disk when it returns.
     *
     * <p>SQLite uses a rollback journal instead of a write-ahead log, so that every commit is in the file itself.
     * SQLite silently drops what follows the first damaged frame of a log, and opens a file whose log is gone as if its
     * last thousand pages (all pages of a small file) had never been written. The whole file is checked before it is
     * used.
     *
     * <p>Therefore a file that is truncated or inconsistent is refused. A missing or empty file cannot be distinguished
     * from a new one, and a complete older copy cannot be distinguished from the file itself.
     */
    SQLITE("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", ""),
    /** Many machines. */
    POSTGRESQL(
            "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
            "FOR UPDATE SKIP LOCKED",
            "SELECT CASE current_setting('fsync') WHEN 'off' THEN 'fsync=off' ELSE '' END"),
    /**
     * Many machines: MySQL and MariaDB. In both, a statement that changes the schema commits. With a binary log,
     * innodb_flush_log_at_trx_commit=1 is not enough: after a crash, commits that are not in the binary log are rolled
     * back.
     */
    MYSQL(
            "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
            "FOR UPDATE SKIP LOCKED",
            "SELECT CASE WHEN @@innodb_flush_log_at_trx_commit NOT IN (1, 3) "
                    + "THEN concat('innodb_flush_log_at_trx_commit=', @@innodb_flush_log_at_trx_commit) "
                    + "WHEN @@innodb_flush_log_at_trx_commit = 1 AND @@log_bin = 1 AND @@sync_binlog <> 1 "
                    + "THEN concat('a binary log and sync_binlog=', @@sync_binlog) ELSE '' END");

    private static final int LONGEST_RESPONSE_MILLIS = 10_000;
    private static final int DUPLICATE_KEY_NAME = 1061;
    private static final Pattern INDEX = Pattern.compile("CREATE INDEX IF NOT EXISTS (\\w+)");

    /** The database's own time in milliseconds. */
    final String now;

    /** Skips rows that another process is claiming; not needed in SQLite, which has one writer at a time. */
    private final String skipLocked;

    /**
     * Selects a description of the setting that lets the server lose commits in a crash; an empty text if there is
     * none.
     */
    private final String lossySetting;

    Dialect(String now, String skipLocked, String lossySetting) {
        this.now = now;
        this.skipLocked = skipLocked;
        this.lossySetting = lossySetting;
    }

    static Dialect of(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName().toLowerCase(Locale.ROOT);
        double version = database.getDatabaseMajorVersion() + database.getDatabaseMinorVersion() / 100.0;
        return switch (product) {
            case "sqlite" -> SQLITE;
            case "postgresql" -> POSTGRESQL;
            case "mysql" -> checked(database, version >= 8);
            case "mariadb" -> checked(database, version >= 10.06);
            default ->
                throw new JournalException(
                        "the journal supports SQLite, PostgreSQL, MySQL and MariaDB, not "
                                + database.getDatabaseProductName(),
                        null);
        };
    }

    /** {@return the dialect of a database by its name} */
    static Dialect named(String database) {
        return switch (database) {
            case "sqlite" -> SQLITE;
            case "postgresql" -> POSTGRESQL;
            case "mysql", "mariadb" -> MYSQL;
            default ->
                throw new InvalidValueException("database", database, "must be sqlite, postgresql, mysql or mariadb");
        };
    }

    private static Dialect checked(DatabaseMetaData database, boolean isNewEnough) throws SQLException {
        if (!isNewEnough) {
            throw new JournalException(
                    "the journal needs MySQL 8.0 or MariaDB 10.6, or a newer one, not "
                            + database.getDatabaseProductName() + " " + database.getDatabaseProductVersion(),
                    null);
        }
        return MYSQL;
    }

    /** {@return the statement in this database's SQL} */
    String spell(String sql) {
        return sql.replace("$insertNew", this == MYSQL ? "INSERT IGNORE" : "INSERT")
                .replace("$ifAbsent", this == MYSQL ? "" : "ON CONFLICT DO NOTHING")
                .replace("$skipLocked", skipLocked);
    }

    /**
     * Prevents two processes from creating the same table at the same time; SQLite and MySQL need no lock for that.
     */
    void lockSchema(Statement statement) throws SQLException {
        if (this == POSTGRESQL) {
            statement.execute("SELECT pg_advisory_xact_lock(7263512)");
        }
    }

    /**
     * {@return the definition of a table or an index in this database's SQL} MySQL has no partial indexes, compares
     * text without regard to case by default, and limits TEXT to 64 KiB.
     */
    String definition(String sql) {
        if (this != MYSQL || sql.startsWith("INSERT")) {
            return sql;
        }
        return sql.startsWith("CREATE TABLE")
                ? sql.replace(" TEXT", " MEDIUMTEXT") + " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
                : sql.replace("IF NOT EXISTS ", "").replaceFirst(" WHERE .*", "");
    }

    /** Creates a table or an index that does not exist. */
    void make(Statement statement, String definition) throws SQLException {
        if (this == MYSQL && hasIndex(statement, definition)) {
            return;
        }
        try {
            statement.execute(definition(definition));
        } catch (SQLException e) {
            if (this != MYSQL || e.getErrorCode() != DUPLICATE_KEY_NAME) {
                throw e;
            }
        }
    }

    /** Checked first, because a driver warns about a second definition, and MySQL has no IF NOT EXISTS for indexes. */
    private static boolean hasIndex(Statement statement, String definition) throws SQLException {
        Matcher index = INDEX.matcher(definition);
        return index.lookingAt()
                && !"0"
                        .equals(first(
                                statement,
                                "SELECT count(*) FROM information_schema.statistics "
                                        + "WHERE table_schema = database() AND index_name = '" + index.group(1) + "'"));
    }

    /** Fails if the file is damaged, or if the server may lose what was committed. */
    void prepare(Connection connection) throws SQLException {
        if (this != SQLITE) {
            // A server that stops responding must not block the journal's thread for as long as TCP waits.
            connection.setNetworkTimeout(Runnable::run, LONGEST_RESPONSE_MILLIS);
            // Transactions hold several operations, and each must see what other processes have committed before it.
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        try (Statement statement = connection.createStatement()) {
            checkDurable(statement);
            switch (this) {
                case SQLITE -> prepareSqlite(statement);
                case POSTGRESQL -> preparePostgres(statement);
                case MYSQL -> prepareMysql(statement);
                default -> throw new IllegalStateException(name());
            }
        }
    }

    private static void prepareSqlite(Statement statement) throws SQLException {
        for (String setting : List.of("busy_timeout=10000", "journal_mode=TRUNCATE", "synchronous=FULL")) {
            statement.execute("PRAGMA " + setting);
        }
        String found = first(statement, "PRAGMA integrity_check(1)");
        if (!"ok".equals(found)) {
            throw new JournalException("the journal's file is damaged: " + found, null);
        }
    }

    private static void preparePostgres(Statement statement) throws SQLException {
        String commit = first(statement, "SHOW synchronous_commit");
        // Set even if it has this value already: a setting of the session survives a change of the server's
        // configuration.
        statement.execute("SET synchronous_commit TO " + atLeastOn(commit));
    }

    /** {@return the level of synchronous_commit that a journal sets, given the configured one} */
    static String atLeastOn(String commit) {
        return "remote_apply".equals(commit) ? commit : "on";
    }

    private static void prepareMysql(Statement statement) throws SQLException {
        // UTC, because local times occur twice when summer time ends.
        statement.execute("SET SESSION time_zone = '+00:00', SESSION sql_mode = 'STRICT_ALL_TABLES'");
    }

    /** Fails if the server may lose commits in a crash; its configuration may change at any time. */
    void checkDurable(Statement statement) throws SQLException {
        String loses = lossySetting.isEmpty() ? "" : first(statement, lossySetting);
        if (!loses.isEmpty()) {
            throw new JournalException(
                    "the journal's server has " + loses + ", so a crash may lose what was bought: set it to "
                            + (this == MYSQL ? "1" : "on"),
                    null);
        }
    }

    /**
     * Fails if an update that changes no value reports no row: a lease that is renewed twice in a millisecond would
     * then seem lost.
     */
    void checkCounts(Statement statement) throws SQLException {
        if (this == MYSQL && statement.executeUpdate("UPDATE ramet_schema SET version = version") == 0) {
            throw new JournalException(
                    "the driver counts changed rows, but the journal needs the matched rows: set useAffectedRows=false",
                    null);
        }
    }

    private static String first(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : "nothing";
        }
    }
}
