package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.UndoEntry.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The table {@code ramet_undo}, with a row for each instance that was ever about to be isolated. */
final class UndoTable {

    /** Added to version 1 of the schema; processes of an older version ignore this table. */
    static final List<String> DDL = List.of("CREATE TABLE IF NOT EXISTS ramet_undo ("
            + "plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id), "
            + "instance_id VARCHAR(64) NOT NULL, "
            + "step VARCHAR(16) NOT NULL, "
            + "reference VARCHAR(200) NOT NULL, "
            + "changed_at BIGINT NOT NULL, "
            + "seal BIGINT NOT NULL, "
            + "PRIMARY KEY (plan_id, instance_id))");

    /** Selects the entries that stop the plan in a row of {@code ramet_plan} from buying. */
    static final String SELECT_UNDONE = "SELECT 1 FROM ramet_undo WHERE ramet_undo.plan_id = ramet_plan.plan_id "
            + "AND step NOT IN ('REFUSED', 'RESTORED')";

    private static final int LONGEST_REFERENCE = 200;

    private UndoTable() {}

    static void write(Transaction transaction, PlanId id, UndoEntry entry) throws SQLException {
        String step = entry.step().name();
        String reference = entry.reference()
                .substring(0, Math.min(LONGEST_REFERENCE, entry.reference().length()));
        long seal = RowChecksum.of(id, entry.instanceId(), step, reference);
        int updated = transaction.update(
                "UPDATE ramet_undo SET step = ?, reference = ?, changed_at = $now, seal = ? "
                        + "WHERE plan_id = ? AND instance_id = ?",
                step,
                reference,
                seal,
                id.value(),
                entry.instanceId());
        if (updated == 0) {
            transaction.update(
                    "INSERT INTO ramet_undo (plan_id, instance_id, step, reference, changed_at, seal) "
                            + "VALUES (?, ?, ?, ?, $now, ?)",
                    id.value(),
                    entry.instanceId(),
                    step,
                    reference,
                    seal);
        }
    }

    static List<UndoEntry> list(Transaction transaction, PlanId id) throws SQLException {
        return transaction.list(
                row -> entry(id, row),
                "SELECT instance_id, step, reference, $now - changed_at AS age, seal FROM ramet_undo WHERE plan_id = ? "
                        + "ORDER BY instance_id",
                id.value());
    }

    private static UndoEntry entry(PlanId id, ResultSet row) throws SQLException {
        String instance = row.getString("instance_id");
        String step = row.getString("step");
        String reference = row.getString("reference");
        if (RowChecksum.of(id, instance, step, reference) != row.getLong("seal")) {
            throw new DamagedPlanException(
                    id, "the entry of the undo of instance " + instance + " of plan " + id + " is damaged", null);
        }
        return new UndoEntry(instance, Step.valueOf(step), reference, Duration.ofMillis(row.getLong("age")));
    }
}
