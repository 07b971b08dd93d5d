package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** The journal's tables. Made on first use; making them again changes nothing. */
final class Schema {

    static final int VERSION = 1;

    private static final List<String> TABLES = joined(PlanTable.DDL, ChunkTable.DDL);

    /** Beside version 1, whose processes know nothing of it. */
    private static final List<String> ADDED = joined(ChunkTable.HISTORY, PlanTable.INDEXES);

    private Schema() {}

    /** Within a transaction. */
    static void make(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(dialect.lockSchema);
            statement.execute("CREATE TABLE IF NOT EXISTS ramet_schema (version INTEGER NOT NULL)");
            int version = version(statement);
            if (version > VERSION) {
                throw new JournalException(
                        "the journal was written by a newer version of this library: schema " + version + ", known "
                                + VERSION,
                        null);
            }
            if (version < VERSION) {
                for (String table : TABLES) {
                    statement.execute(table);
                }
                statement.execute("INSERT INTO ramet_schema (version) VALUES (" + VERSION + ")");
            }
            for (String sql : ADDED) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT max(version) FROM ramet_schema")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
