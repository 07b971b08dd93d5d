package io.ramet.reactor.journal;

import io.ramet.json.OutcomeJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.Mark;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code ramet_chunk}, with a row for each chunk that was ever about to be sent. Every write is made in a
 * transaction that has locked the row of the plan, so no other process changes the chunk in between.
 */
final class ChunkTable {

    static final List<String> DDL = List.of("CREATE TABLE IF NOT EXISTS ramet_chunk ("
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
            + "UNIQUE (plan_id, place))");

    private static final String SELECT =
            "SELECT chunk, goods_num, mark, instance_name, signed_at, place, still_open, outcome, seal "
                    + "FROM ramet_chunk WHERE plan_id = ? ";

    private static final OutcomeJson JSON = new OutcomeJson();

    private ChunkTable() {}

    /**
     * The state of a chunk, as its row shows it. A chunk without a row is UNSENT.
     *
     * <pre>
     *           sending             responded            settled               settled
     *  UNSENT ----------&gt; SENDING ----------&gt; RESPONDED --------&gt; OPEN or ------------&gt; CLOSED
     *    ^  ^                |                    |                 CLOSED    (if OPEN)     |
     *    |  +----------------+--------------------+                                         |
     *    |              withdrawn                                                           |
     *    +----------------------------------------------------------------------------------+
     *                              reopened (if it was refused)
     * </pre>
     */
    private enum State {
        /** May be sent. */
        UNSENT,
        /** May have been sent: {@code signed_at} is set. */
        SENDING,
        /**
         * Has an {@code outcome} without a {@code place}: a response that leaves something open and is not emitted yet.
         */
        RESPONDED,
        /** Has an outcome with a place, and {@code still_open} 1: a look-up may replace it. */
        OPEN,
        /** Has an outcome with a place, and {@code still_open} 0. */
        CLOSED;

        private static final String UNSETTLED = "place IS NULL";
        private static final String SETTLED = "place IS NOT NULL";
        private static final String REPLACEABLE = "(place IS NULL OR still_open = 1)";

        static State of(ResultSet row) throws SQLException {
            if (Transaction.number(row, "place") != null) {
                return row.getInt("still_open") == 1 ? OPEN : CLOSED;
            }
            return row.getString("outcome") != null
                    ? RESPONDED
                    : Transaction.number(row, "signed_at") != null ? SENDING : UNSENT;
        }

        boolean isSettled() {
            return this == OPEN || this == CLOSED;
        }
    }

    /** A row whose checksum is correct. */
    private record Row(
            CloneChunk chunk,
            State state,
            long signedAt,
            long place,
            @Nullable String written) {

        static Row of(PlanId id, ResultSet row) throws SQLException {
            CloneChunk chunk = ChunkTable.chunk(id, row);
            Long signedAt = Transaction.number(row, "signed_at");
            String written = row.getString("outcome");
            RowChecksum.check(chunk, signedAt, written, row.getLong("seal"));
            return new Row(chunk, State.of(row), signedAt == null ? 0 : signedAt, row.getLong("place"), written);
        }

        /** {@return the outcome; fails if there is none} */
        ChunkOutcome outcome() {
            return JSON.read(chunk, String.valueOf(written));
        }

        PlacedOutcome placed() {
            return new PlacedOutcome(place, outcome(), signedAt == 0 ? null : Instant.ofEpochSecond(signedAt));
        }

        PendingChunk pending() {
            return new PendingChunk(chunk, signedAt, written == null ? null : outcome());
        }
    }

    static CloneChunk chunk(PlanId id, ResultSet row) throws SQLException {
        return new CloneChunk(
                id,
                row.getInt("chunk"),
                row.getInt("goods_num"),
                new Mark(row.getString("mark")),
                row.getString("instance_name"));
    }

    /** UNSENT, SENDING or RESPONDED to SENDING. */
    static void send(Transaction transaction, CloneChunk chunk, long signedAt) throws SQLException {
        long seal = RowChecksum.of(chunk, signedAt, null);
        String again = "attempts = attempts + 1, signed_at = ?, outcome = NULL";
        if (!insert(transaction, chunk, seal, "signed_at", signedAt)
                && !update(transaction, chunk, seal, again, State.UNSETTLED, signedAt)) {
            throw JournalException.alreadySettled(chunk);
        }
    }

    /** SENDING or RESPONDED to UNSENT. */
    static void withdraw(Transaction transaction, CloneChunk chunk) throws SQLException {
        long seal = RowChecksum.of(chunk, null, null);
        if (!update(transaction, chunk, seal, "signed_at = NULL, outcome = NULL", State.UNSETTLED)) {
            throw JournalException.notAsWritten(chunk, "withdrawn");
        }
    }

    /** SENDING to RESPONDED; changes nothing once the chunk is settled. */
    static void respond(Transaction transaction, ChunkOutcome outcome) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        String written = JSON.write(outcome);
        long seal = RowChecksum.of(chunk, null, written);
        // Inserts as well, because a failover may have lost the row that "send" wrote.
        if (!update(transaction, chunk, seal, "outcome = ?", State.UNSETTLED, written)) {
            insert(transaction, chunk, seal, "outcome", written);
        }
    }

    /** Any state but CLOSED to OPEN or CLOSED; changes nothing if the chunk is CLOSED with the same outcome. */
    static void settle(Transaction transaction, ChunkOutcome outcome) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        String written = JSON.write(outcome);
        int stillOpen = outcome.open() ? 1 : 0;
        long seal = RowChecksum.of(chunk, null, written);
        long place = nextPlace(transaction, chunk.planId());
        String changes = "place = coalesce(place, ?), still_open = ?, outcome = ?";
        if (!update(transaction, chunk, seal, changes, State.REPLACEABLE, place, stillOpen, written)
                && !insert(transaction, chunk, seal, "place, still_open, outcome", place, stillOpen, written)) {
            checkSame(transaction, outcome, written);
        } else if (outcome instanceof NotCloned) {
            RefusalTable.enter(transaction, chunk, "$now");
        }
    }

    /** Counts those in the history as well, so that the place of a reopened outcome is not assigned again. */
    private static long nextPlace(Transaction transaction, PlanId id) throws SQLException {
        return transaction
                .first(
                        row -> row.getLong(1),
                        "SELECT coalesce(max(last), 0) + 1 FROM ("
                                + "SELECT max(place) AS last FROM ramet_chunk WHERE plan_id = ? UNION ALL "
                                + "SELECT max(place) FROM ramet_refusal WHERE plan_id = ?) AS places",
                        id.value(),
                        id.value())
                .orElse(1L);
    }

    /** A repeated write changes nothing, but a different outcome for a settled chunk must not be dropped silently. */
    private static void checkSame(Transaction transaction, ChunkOutcome outcome, String written) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        Row kept = settled(transaction, chunk).orElseThrow(() -> JournalException.notAsWritten(chunk, "settled"));
        if (!written.equals(kept.written())) {
            throw JournalException.settledTwice(kept.outcome(), outcome);
        }
    }

    private static Optional<Row> settled(Transaction transaction, CloneChunk chunk) throws SQLException {
        return transaction.first(
                row -> Row.of(chunk.planId(), row),
                SELECT + "AND chunk = ? AND " + State.SETTLED,
                chunk.planId().value(),
                chunk.index());
    }

    /** CLOSED to UNSENT, if the outcome is a refusal; changes nothing if the chunk is not settled. */
    static void reopen(Transaction transaction, CloneChunk chunk) throws SQLException {
        Row refused = settled(transaction, chunk).orElse(null);
        if (refused == null) {
            return;
        }
        if (!(refused.outcome() instanceof NotCloned)) {
            throw JournalException.notReopened(chunk);
        }
        // An older version of this library did not enter refusals.
        RefusalTable.enter(transaction, chunk, "NULL");
        boolean entered = RefusalTable.reopen(transaction, chunk, refused.place());
        long seal = RowChecksum.of(chunk, null, null);
        String nothing = "place = NULL, still_open = NULL, outcome = NULL, signed_at = NULL";
        boolean reopened = update(transaction, chunk, seal, nothing, State.SETTLED);
        if (!entered || !reopened) {
            throw JournalException.notAsWritten(chunk, "reopened");
        }
    }

    /** {@return whether a row was inserted, because the chunk had none} */
    private static boolean insert(
            Transaction transaction, CloneChunk chunk, long seal, String columns, Object... values)
            throws SQLException {
        Stream<Object> key = Stream.of(
                chunk.planId().value(),
                chunk.index(),
                chunk.goodsNum(),
                chunk.mark().value(),
                chunk.instanceName(),
                seal);
        return transaction.update(
                        "$insertNew INTO ramet_chunk (plan_id, chunk, goods_num, mark, instance_name, seal, attempts, "
                                + columns + ") VALUES (?, ?, ?, ?, ?, ?, 1" + ", ?".repeat(values.length)
                                + ") $ifAbsent",
                        Stream.concat(key, Stream.of(values)).toArray())
                == 1;
    }

    /** {@return whether the chunk had a row in that state} */
    private static boolean update(
            Transaction transaction, CloneChunk chunk, long seal, String changes, String state, Object... values)
            throws SQLException {
        Stream<Object> key = Stream.of(seal, chunk.planId().value(), chunk.index());
        return transaction.update(
                        "UPDATE ramet_chunk SET " + changes + ", seal = ? WHERE plan_id = ? AND chunk = ? AND " + state,
                        Stream.concat(Stream.of(values), key).toArray())
                == 1;
    }

    /** {@return the known state of a plan's chunks} */
    static Recovered recovered(Transaction transaction, PlanId id, boolean handedOff) throws SQLException {
        List<Row> rows = transaction.list(row -> Row.of(id, row), SELECT + "ORDER BY chunk", id.value());
        BitSet settled = new BitSet();
        rows.stream()
                .filter(row -> row.state().isSettled())
                .forEach(row -> settled.set(row.chunk().index()));
        return new Recovered(settled, RefusalTable.standing(transaction, id), pending(rows), handedOff);
    }

    /** {@return the chunks that are SENDING or RESPONDED, by index} */
    static List<PendingChunk> pending(Transaction transaction, PlanId id) throws SQLException {
        return pending(transaction.list(
                row -> Row.of(id, row), SELECT + "AND " + State.UNSETTLED + " ORDER BY chunk", id.value()));
    }

    private static List<PendingChunk> pending(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.state() == State.SENDING || row.state() == State.RESPONDED)
                .map(Row::pending)
                .toList();
    }

    /** {@return the next outcomes after a place; the last page has fewer than {@link Transaction#PAGE}} */
    static List<PlacedOutcome> page(Transaction transaction, PlanId id, long after) throws SQLException {
        return transaction.list(
                row -> Row.of(id, row).placed(),
                SELECT + "AND place > ? ORDER BY place LIMIT " + Transaction.PAGE,
                id.value(),
                after);
    }
}
