package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The journal's tables. Made on first use; making them again changes nothing. */
final class Schema {

    static final int VERSION = 1;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS ramet_plan ("
                    + "plan_id VARCHAR(64) PRIMARY KEY, "
                    + "number BIGINT NOT NULL, "
                    + "fingerprint CHAR(64) NOT NULL, "
                    + "region VARCHAR(64) NOT NULL, "
                    + "request TEXT NOT NULL, "
                    + "goods_num INTEGER NOT NULL, "
                    + "seal BIGINT NOT NULL, "
                    + "owner VARCHAR(200) NOT NULL, "
                    + "lease_until BIGINT NOT NULL, "
                    + "fence BIGINT NOT NULL, "
                    // 1: a run of it was begun, and nobody has ended it; 2: and it was handed over.
                    + "underway INTEGER NOT NULL)",
            "CREATE TABLE IF NOT EXISTS ramet_chunk ("
                    + "plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id), "
                    + "chunk INTEGER NOT NULL, "
                    + "goods_num INTEGER NOT NULL, "
                    + "mark VARCHAR(32) NOT NULL, "
                    + "instance_name VARCHAR(64) NOT NULL, "
                    + "attempts INTEGER NOT NULL, "
                    + "signed_at BIGINT, "
                    + "place INTEGER, "
                    + "still_open INTEGER, "
                    + "outcome TEXT, "
                    + "seal BIGINT NOT NULL, "
                    + "PRIMARY KEY (plan_id, chunk), "
                    + "UNIQUE (plan_id, place))",
            "CREATE INDEX IF NOT EXISTS ramet_plan_underway ON ramet_plan (number) WHERE underway > 0");

    /** Beside version 1, which knows nothing of it and works on with the others. */
    private static final List<String> ADDED = List.of(
            "CREATE TABLE IF NOT EXISTS ramet_refusal ("
                    + "plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id), "
                    + "place INTEGER NOT NULL, "
                    + "chunk INTEGER NOT NULL, "
                    + "outcome TEXT NOT NULL, "
                    + "seal BIGINT NOT NULL, "
                    + "settled_at BIGINT, "
                    + "reopened_at BIGINT, "
                    + "PRIMARY KEY (plan_id, place, chunk))",
            // Renewing leases finds the plans of one owner.
            "CREATE INDEX IF NOT EXISTS ramet_plan_owner ON ramet_plan (owner)");

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

    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT max(version) FROM ramet_schema")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
