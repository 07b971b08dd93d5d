package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code ramet_plan}: the request of each plan id, the progress of its runs, and the process that holds it.
 * The owner holds a plan until {@code lease_until}; the owner of a released plan is the empty string.
 */
final class PlanTable {

    static final List<String> DDL = List.of(
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
                    + "underway INTEGER NOT NULL)",
            "CREATE INDEX IF NOT EXISTS ramet_plan_underway ON ramet_plan (number) WHERE underway > 0");

    /** Added to version 1 of the schema, for the renewal and for the next number. */
    static final List<String> INDEXES = List.of(
            "CREATE INDEX IF NOT EXISTS ramet_plan_owner ON ramet_plan (owner)",
            "CREATE INDEX IF NOT EXISTS ramet_plan_number ON ramet_plan (number)");

    private static final String HELD = "CASE WHEN lease_until >= $now THEN 1 ELSE 0 END AS held";

    /** Shown to people. A claim does not select it, because it reads every chunk of the plan. */
    private static final String FIRST_SENT =
            "(SELECT min(signed_at) FROM ramet_chunk c WHERE c.plan_id = ramet_plan.plan_id)";

    /**
     * A plan whose run has not begun must not be held again once its lease has expired: in the meantime, other commands
     * did not count it among the plans that may buy the same request.
     */
    private static final String HELD_OR_BEGUN = " AND (underway > 0 OR lease_until >= $now)";

    private static final String SELECT = select(FIRST_SENT);
    private static final String SELECT_TO_CLAIM = select("NULL");

    private final String owner;
    private final Duration lease;

    /** {@code owner} names this journal among all that share the table. */
    PlanTable(String owner, Duration lease) {
        this.owner = owner;
        this.lease = lease;
    }

    /** The purpose of a claim, and its effect on the progress of the plan's runs. */
    enum Purpose {
        RUN(", underway = CASE underway WHEN 0 THEN 1 ELSE underway END", ""),
        /** To run it; the run begins with its first request, unless the lease has expired before. */
        RUN_LATER("", HELD_OR_BEGUN),
        RECONCILE("", ""),
        UNDO(", underway = 0", "");

        private final String change;
        private final String condition;

        Purpose(String change, String condition) {
            this.change = change;
            this.condition = condition;
        }

        boolean isToRun() {
            return this == RUN || this == RUN_LATER;
        }
    }

    /** A plan that this journal has claimed. */
    record Claimed(StoredPlan plan, long fence, PlanProgress progress, Purpose purpose) {}

    private static String select(String firstSent) {
        return "SELECT plan_id, number, fingerprint, region, request, goods_num, seal, owner, fence, underway, " + HELD
                + ", " + firstSent + " AS first_sent FROM ramet_plan WHERE ";
    }

    /**
     * A row of the list: the plan, or the damage of its entry. Two processes may have assigned the same number to two
     * plans.
     */
    record Listed(
            long number,
            String id,
            @Nullable StoredPlan plan,
            @Nullable DamagedPlanException damage) {}

    /** Enters a plan that is not known yet; fails if its id belongs to another request. */
    void enter(Transaction transaction, StoredPlan plan, String fingerprint) throws SQLException {
        transaction.update(
                "$insertNew INTO ramet_plan "
                        + "(plan_id, number, fingerprint, region, request, goods_num, seal, owner, lease_until, fence, "
                        + "underway) VALUES (?, (SELECT last + 1 FROM "
                        + "(SELECT coalesce(max(number), 0) AS last FROM ramet_plan) AS numbers), "
                        + "?, ?, ?, ?, ?, '', 0, 0, 0) $ifAbsent",
                plan.id().value(),
                fingerprint,
                plan.region(),
                plan.request(),
                plan.goodsNum(),
                RowChecksum.of(plan, fingerprint));
        boolean same = transaction
                .first(
                        row -> row.getString(1),
                        "SELECT fingerprint FROM ramet_plan WHERE plan_id = ?",
                        plan.id().value())
                .filter(fingerprint::equals)
                .isPresent();
        if (!same) {
            throw new PlanConflictException(plan.id());
        }
    }

    /**
     * Writes before it reads: SQLite refuses a write in a transaction that has read, if another process has written in
     * between.
     */
    Claimed claim(Transaction transaction, PlanId id, String region, Purpose purpose) throws SQLException {
        int claimed = transaction.update(
                "UPDATE ramet_plan SET owner = ?, fence = fence + 1, lease_until = $now + ?" + purpose.change
                        + " WHERE plan_id = ? AND region = ? AND lease_until < $now",
                owner,
                lease.toMillis(),
                id.value(),
                region);
        return transaction
                .first(
                        row -> {
                            StoredPlan plan = stored(row);
                            PlanConflictException.unlessSameRegion(id, plan.region(), region);
                            if (claimed == 0) {
                                throw new PlanBusyException(id, row.getString("owner"));
                            }
                            return claimed(row, plan, purpose);
                        },
                        SELECT_TO_CLAIM + "plan_id = ?",
                        id.value())
                .orElseThrow(() -> new UnknownPlanException(id));
    }

    /** Claims the abandoned plan that was claimed least often; no two processes claim the same plan. */
    Optional<Claimed> claimAbandoned(Transaction transaction, String region, Set<PlanId> except) throws SQLException {
        // Changes nothing, but makes SQLite take its write lock before it reads.
        transaction.update("UPDATE ramet_plan SET owner = owner WHERE 1 = 0");
        List<Object> values = new ArrayList<>(List.of(region));
        except.forEach(id -> values.add(id.value()));
        String unwanted = except.isEmpty()
                ? ""
                : "AND plan_id NOT IN (" + String.join(", ", Collections.nCopies(except.size(), "?")) + ") ";
        Optional<String> found = transaction.first(
                row -> row.getString(1),
                "SELECT plan_id FROM ramet_plan WHERE underway > 0 AND lease_until < $now AND region = ? " + unwanted
                        + "AND NOT EXISTS (" + UndoTable.SELECT_UNDONE + ") ORDER BY fence, number LIMIT 1 $skipLocked",
                values.toArray());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        PlanId id = PlanId.of(found.get());
        transaction.update(
                "UPDATE ramet_plan SET owner = ?, fence = fence + 1, lease_until = $now + ? WHERE plan_id = ?",
                owner,
                lease.toMillis(),
                id.value());
        try {
            return transaction.first(
                    row -> claimed(row, stored(row), Purpose.RUN), SELECT_TO_CLAIM + "plan_id = ?", id.value());
        } catch (RuntimeException unreadable) {
            throw DamagedPlanException.unreadable(id, unreadable);
        }
    }

    private static Claimed claimed(ResultSet row, StoredPlan plan, Purpose purpose) throws SQLException {
        return new Claimed(plan, row.getLong("fence"), PlanProgress.of(row.getInt("underway")), purpose);
    }

    /** Records that a run has begun, unless that is recorded already. */
    void begin(Transaction transaction, PlanId id) throws SQLException {
        transaction.update(
                "UPDATE ramet_plan SET underway = " + PlanProgress.BEGUN.stored + " WHERE plan_id = ? AND underway = "
                        + PlanProgress.ENDED.stored,
                id.value());
    }

    /** {@return whether this journal still holds the plan with that fencing number; locks its row} */
    boolean renew(Transaction transaction, PlanId id, long fence, Purpose purpose) throws SQLException {
        return transaction.update(
                        "UPDATE ramet_plan SET lease_until = $now + ? WHERE plan_id = ? AND owner = ? AND fence = ?"
                                + purpose.condition,
                        lease.toMillis(),
                        id.value(),
                        owner,
                        fence)
                == 1;
    }

    /** {@return the plans that this journal owns, with their fencing numbers, after a renewal of their leases} */
    Map<PlanId, Long> renewAll(Transaction transaction) throws SQLException {
        transaction.update(
                "UPDATE ramet_plan SET lease_until = $now + ? WHERE owner = ?" + HELD_OR_BEGUN,
                lease.toMillis(),
                owner);
        return transaction
                .list(
                        row -> Map.entry(PlanId.of(row.getString(1)), row.getLong(2)),
                        "SELECT plan_id, fence FROM ramet_plan WHERE owner = ?",
                        owner)
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Disowns a plan that this journal owns but that none of its runs holds, so that its lease expires. */
    void disown(Transaction transaction, PlanId id) throws SQLException {
        transaction.update("UPDATE ramet_plan SET owner = '' WHERE plan_id = ? AND owner = ?", id.value(), owner);
    }

    /**
     * Changes nothing if the plan is no longer held with that fencing number. A null {@code progress} stays as it is.
     *
     * @return whether the plan is released now, or was released before
     */
    boolean release(Transaction transaction, PlanId id, long fence, @Nullable PlanProgress progress)
            throws SQLException {
        int released = transaction.update(
                "UPDATE ramet_plan SET owner = '', lease_until = 0"
                        + (progress == null ? "" : ", underway = " + progress.stored)
                        + " WHERE plan_id = ? AND owner = ? AND fence = ?",
                id.value(),
                owner,
                fence);
        return released == 1
                || transaction
                        .first(
                                row -> row.getLong(1) == fence
                                        && row.getString(2).isEmpty(),
                                "SELECT fence, owner FROM ramet_plan WHERE plan_id = ?",
                                id.value())
                        .orElse(false);
    }

    Optional<StoredPlan> find(Transaction transaction, PlanId id) throws SQLException {
        return transaction.first(PlanTable::stored, SELECT + "plan_id = ?", id.value());
    }

    /** {@return whether a plan is held; empty if it is not known} */
    Optional<Boolean> isHeld(Transaction transaction, PlanId id) throws SQLException {
        return transaction.first(
                row -> row.getInt(1) == 1, "SELECT " + HELD + " FROM ramet_plan WHERE plan_id = ?", id.value());
    }

    /** {@return the next {@link Transaction#PAGE} plans, or the last ones, in the order in which they were entered} */
    List<Listed> page(Transaction transaction, long after, String afterId) throws SQLException {
        return transaction.list(
                row -> {
                    long number = row.getLong("number");
                    String id = row.getString("plan_id");
                    try {
                        return new Listed(number, id, stored(row), null);
                    } catch (DamagedPlanException damage) {
                        return new Listed(number, id, null, damage);
                    }
                },
                SELECT + "number >= ? AND (number > ? OR plan_id > ?) ORDER BY number, plan_id LIMIT "
                        + Transaction.PAGE,
                after,
                after,
                afterId);
    }

    private static StoredPlan stored(ResultSet row) throws SQLException {
        Long firstSent = Transaction.number(row, "first_sent");
        StoredPlan plan = new StoredPlan(
                PlanId.of(row.getString("plan_id")),
                row.getString("region"),
                row.getInt("goods_num"),
                row.getString("request"),
                row.getInt("held") == 1,
                row.getInt("underway") > 0,
                firstSent == null ? null : Instant.ofEpochSecond(firstSent));
        RowChecksum.check(plan, row.getString("fingerprint"), row.getLong("seal"));
        return plan;
    }
}
