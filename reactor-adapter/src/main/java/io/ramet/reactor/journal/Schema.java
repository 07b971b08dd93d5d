package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Creates and checks the journal's tables. */
final class Schema {

    static final int VERSION = 1;

    private static final String VERSIONS = "CREATE TABLE IF NOT EXISTS ramet_schema (version INTEGER NOT NULL)";
    private static final String ENTER_VERSION = "INSERT INTO ramet_schema (version) VALUES (" + VERSION + ")";

    private static final List<String> TABLES = joined(PlanTable.DDL, ChunkTable.DDL);

    /** Added to version 1; processes of an older version ignore them. */
    private static final List<String> ADDED = joined(joined(RefusalTable.DDL, UndoTable.DDL), PlanTable.INDEXES);

    private static final Pattern NAME = Pattern.compile("CREATE TABLE IF NOT EXISTS (\\w+)");

    private Schema() {}

    /** {@return the statements that create the tables in an empty database} */
    static String script(Dialect dialect) {
        return Stream.of(List.of(VERSIONS), TABLES, ADDED, List.of(ENTER_VERSION))
                .flatMap(List::stream)
                .map(dialect::definition)
                .collect(Collectors.joining(";\n", "", ";\n"));
    }

    /** Fails if the tables are missing or are of another version; within a transaction. */
    static void check(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            if (version != VERSION) {
                throw new JournalException("the journal's schema is " + version + " and must be " + VERSION, null);
            }
            for (String sql : joined(TABLES, ADDED)) {
                for (var table = NAME.matcher(sql); table.find(); ) {
                    statement.executeQuery("SELECT 1 FROM " + table.group(1) + " WHERE 1 = 0");
                }
            }
            dialect.checkCounts(statement);
        }
    }

    /** Creates the missing tables and indexes; within a transaction. */
    static void make(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            dialect.lockSchema(statement);
            dialect.make(statement, VERSIONS);
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
                statement.execute(ENTER_VERSION);
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
