package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** The versions of the journal's tables, which are made on first use. */
final class Schema {

    static final int VERSION = 1;

    private static final List<String> TABLES = joined(PlanTable.DDL, ChunkTable.DDL);

    /** Added to version 1, whose processes ignore them. */
    private static final List<String> ADDED = joined(joined(RefusalTable.DDL, UndoTable.DDL), PlanTable.INDEXES);

    private Schema() {}

    /** Creates the tables and indexes that are missing, within a transaction. */
    static void make(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            dialect.lockSchema(statement);
            dialect.make(statement, "CREATE TABLE IF NOT EXISTS ramet_schema (version INTEGER NOT NULL)");
            int version = version(statement);
            if (version > VERSION) {
                throw new JournalException(
                        "the journal was written by a newer version of this library: schema " + version + ", known "
                                + VERSION,
                        null);
            }
            if (version < VERSION) {
                for (String table : TABLES) {
                    dialect.make(statement, table);
                }
                statement.execute("INSERT INTO ramet_schema (version) VALUES (" + VERSION + ")");
            }
            for (String sql : ADDED) {
                dialect.make(statement, sql);
            }
            dialect.checkCounts(statement);
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
