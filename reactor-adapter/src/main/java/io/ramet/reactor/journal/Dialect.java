package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where the databases differ. Elsewhere, statements are written in the SQL that they have in common, and with these words. */
enum Dialect {
    /**
     * One file, one machine; a commit is on the disk when it returns.
     *
     * <p>A rollback journal rather than a write-ahead log: SQLite silently drops what follows the first damaged frame of a log, and
     * opens a file whose log is gone as if its last thousand pages had never been written, which for a young file is all of them.
     * Here every commit is in the file itself. And the whole file is checked before it is trusted.
     *
     * <p>So a file that is cut short, or whose pages do not fit together, is refused. Nothing can tell a file that is gone or empty
     * from one that was never made, nor a whole older copy from the file itself.
     */
    SQLITE("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", "SELECT 1"),
    /** Many machines. The lock keeps two processes from making the same table at the same time. */
    POSTGRESQL(
            "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
            "FOR UPDATE SKIP LOCKED",
            "SELECT pg_advisory_xact_lock(7263512)");

    private static final int LONGEST_RESPONSE_MILLIS = 10_000;

    /** The database's own time in milliseconds. */
    final String now;

    /** Chooses a row that no other process is just choosing; SQLite has one writer at a time. */
    private final String skipLocked;

    final String lockSchema;

    Dialect(String now, String skipLocked, String lockSchema) {
        this.now = now;
        this.skipLocked = skipLocked;
        this.lockSchema = lockSchema;
    }

    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "sqlite" -> SQLITE;
            case "postgresql" -> POSTGRESQL;
            default -> throw new JournalException("the journal speaks SQLite and PostgreSQL, not " + product, null);
        };
    }

    /** {@return the statement in the words of this database} */
    String spell(String sql) {
        return sql.replace("$insertNew", "INSERT")
                .replace("$ifAbsent", "ON CONFLICT DO NOTHING")
                .replace("$skipLocked", skipLocked);
    }

    /** A server that falls silent must not hold the journal's thread for as long as TCP hopes. */
    void prepare(Connection connection) throws SQLException {
        if (this == POSTGRESQL) {
            connection.setNetworkTimeout(Runnable::run, LONGEST_RESPONSE_MILLIS);
        }
        try (Statement statement = connection.createStatement()) {
            for (String sql : onConnect()) {
                statement.execute(sql);
            }
        }
    }

    private List<String> onConnect() {
        return this == SQLITE
                ? List.of("PRAGMA busy_timeout=10000", "PRAGMA journal_mode=TRUNCATE", "PRAGMA synchronous=FULL")
                : List.of();
    }

    /** Fails if the file is damaged, or if the server may lose what was committed. */
    void check(Connection connection) throws SQLException {
        if (this == POSTGRESQL) {
            checkDurability(connection);
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
            String found = row.next() ? row.getString(1) : "nothing";
            if (!"ok".equals(found)) {
                throw new JournalException("the journal's file is damaged: " + found, null);
            }
        }
    }

    private static void checkDurability(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if ("off".equals(shown(statement, "fsync"))) {
                throw new JournalException(
                        "the journal's PostgreSQL server has fsync=off, so a crash may lose what was bought: set it to on",
                        null);
            }
            if (!Set.of("on", "remote_apply").contains(shown(statement, "synchronous_commit"))) {
                statement.execute("SET synchronous_commit TO on");
            }
        }
    }

    private static String shown(Statement statement, String setting) throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
            return row.next() ? row.getString(1) : "";
        }
    }
}
