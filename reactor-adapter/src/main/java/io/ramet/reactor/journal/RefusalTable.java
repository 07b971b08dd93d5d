package io.ramet.reactor.journal;

import io.ramet.json.OutcomeJson;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.PlanId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code ramet_refusal}: the history of refused chunks, including those that were reopened. */
final class RefusalTable {

    /** Added to version 1 of the schema; processes of an older version ignore this table. */
    static final List<String> DDL = List.of("CREATE TABLE IF NOT EXISTS ramet_refusal ("
            + "plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id), "
            + "place INTEGER NOT NULL, "
            + "chunk INTEGER NOT NULL, "
            + "outcome TEXT NOT NULL, "
            + "seal BIGINT NOT NULL, "
            + "settled_at BIGINT, "
            + "reopened_at BIGINT, "
            + "PRIMARY KEY (plan_id, place, chunk))");

    private static final OutcomeJson JSON = new OutcomeJson();

    private RefusalTable() {}

    /** Copies the refusal of a settled chunk, unless the history has it already. */
    static void enter(Transaction transaction, CloneChunk chunk, String settledAt) throws SQLException {
        transaction.update(
                "$insertNew INTO ramet_refusal (plan_id, place, chunk, outcome, seal, settled_at) "
                        + "SELECT plan_id, place, chunk, outcome, seal, " + settledAt
                        + " FROM ramet_chunk WHERE plan_id = ? AND chunk = ? $ifAbsent",
                chunk.planId().value(),
                chunk.index());
    }

    /** {@return whether the history has this refusal} */
    static boolean reopen(Transaction transaction, CloneChunk chunk, long place) throws SQLException {
        return transaction.update(
                        "UPDATE ramet_refusal SET reopened_at = $now WHERE plan_id = ? AND place = ? AND chunk = ?",
                        chunk.planId().value(),
                        place,
                        chunk.index())
                == 1;
    }

    static List<Refusal> history(Transaction transaction, PlanId id) throws SQLException {
        return transaction.list(
                row -> refusal(id, row),
                "SELECT r.chunk, goods_num, mark, instance_name, r.outcome, r.seal, settled_at, reopened_at "
                        + "FROM ramet_refusal r JOIN ramet_chunk c ON c.plan_id = r.plan_id AND c.chunk = r.chunk "
                        + "WHERE r.plan_id = ? ORDER BY r.place, r.chunk",
                id.value());
    }

    private static Refusal refusal(PlanId id, ResultSet row) throws SQLException {
        CloneChunk chunk = ChunkTable.chunk(id, row);
        String outcome = row.getString("outcome");
        RowChecksum.check(chunk, null, outcome, row.getLong("seal"));
        return new Refusal(
                (NotCloned) JSON.read(chunk, outcome), instant(row, "settled_at"), instant(row, "reopened_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Long millis = Transaction.number(row, column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    /** {@return the chunks whose refusal was not reopened} */
    static BitSet standing(Transaction transaction, PlanId id) throws SQLException {
        return standing(transaction, "", id.value());
    }

    /** {@return the chunks whose refusal is younger than {@code age} and was not reopened} */
    static BitSet recent(Transaction transaction, PlanId id, Duration age) throws SQLException {
        return standing(transaction, " AND settled_at > $now - ?", id.value(), age.toMillis());
    }

    private static BitSet standing(Transaction transaction, String which, Object... values) throws SQLException {
        BitSet chunks = new BitSet();
        transaction
                .list(
                        row -> row.getInt(1),
                        "SELECT chunk FROM ramet_refusal WHERE plan_id = ? AND reopened_at IS NULL" + which,
                        values)
                .forEach(chunks::set);
        return chunks;
    }
}
