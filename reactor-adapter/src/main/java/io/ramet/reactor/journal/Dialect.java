package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** Where the databases differ. */
enum Dialect {
    /** One file, one machine. WAL with a full sync: a commit is on the disk when it returns. */
    SQLITE("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "SELECT 1"),
    /** Many machines. The lock keeps two processes from making the same table at the same time. */
    POSTGRESQL("CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)", "SELECT pg_advisory_xact_lock(7263512)");

    /** The database's own time in milliseconds, so that processes need not agree about theirs. */
    final String now;

    final String lockSchema;

    Dialect(String now, String lockSchema) {
        this.now = now;
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

    void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : onConnect()) {
                statement.execute(sql);
            }
        }
    }

    private List<String> onConnect() {
        return this == SQLITE
                ? List.of("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=10000")
                : List.of();
    }
}
