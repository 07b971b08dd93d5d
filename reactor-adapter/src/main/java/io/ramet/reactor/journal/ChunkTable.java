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
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code ramet_chunk}, with a row for each chunk that was ever about to be sent. Every write takes place in a transaction
 * that has locked the row of the plan, so no other process changes the chunk in between.
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

    private final OutcomeJson json = new OutcomeJson();

    /**
     * What the row of a chunk says. A chunk without a row is UNSENT as well.
     *
     * <pre>
     *           sending             answered             settled               settled
     *  UNSENT ----------&gt; SENDING ----------&gt; ANSWERED ---------&gt; OPEN or ------------&gt; CLOSED
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
        /** Has an {@code outcome} without a {@code place}: a response that leaves something open, not emitted yet. */
        ANSWERED,
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
                    ? ANSWERED
                    : Transaction.number(row, "signed_at") != null ? SENDING : UNSENT;
        }

        boolean isSettled() {
            return this == OPEN || this == CLOSED;
        }
    }

    /** A row whose checksum is right. */
    private record Row(
            CloneChunk chunk,
            State state,
            long signedAt,
            long place,
            @Nullable String outcome) {}

    private static Row row(PlanId id, ResultSet row) throws SQLException {
        CloneChunk chunk = chunk(id, row);
        Long signedAt = Transaction.number(row, "signed_at");
        String outcome = row.getString("outcome");
        RowChecksum.check(chunk, signedAt, outcome, row.getLong("seal"));
        return new Row(chunk, State.of(row), signedAt == null ? 0 : signedAt, row.getLong("place"), outcome);
    }

    static CloneChunk chunk(PlanId id, ResultSet row) throws SQLException {
        return new CloneChunk(
                id,
                row.getInt("chunk"),
                row.getInt("goods_num"),
                new Mark(row.getString("mark")),
                row.getString("instance_name"));
    }

    /** UNSENT, SENDING or ANSWERED to SENDING. */
    void send(Transaction transaction, CloneChunk chunk, long signedAt) throws SQLException {
        long seal = RowChecksum.of(chunk, signedAt, null);
        if (!insert(transaction, chunk, signedAt, null, null, null, seal)
                && !update(
                        transaction,
                        chunk,
                        "attempts = attempts + 1, signed_at = ?, outcome = NULL, seal = ?",
                        State.UNSETTLED,
                        signedAt,
                        seal)) {
            throw JournalException.alreadySettled(chunk);
        }
    }

    /** SENDING or ANSWERED to UNSENT. */
    void withdraw(Transaction transaction, CloneChunk chunk) throws SQLException {
        if (!update(
                transaction,
                chunk,
                "signed_at = NULL, outcome = NULL, seal = ?",
                State.UNSETTLED,
                RowChecksum.of(chunk, null, null))) {
            throw JournalException.notAsWritten(chunk, "withdrawn");
        }
    }

    /** SENDING to ANSWERED; changes nothing once the chunk is settled. */
    void answer(Transaction transaction, ChunkOutcome outcome) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        String written = json.write(outcome);
        long seal = RowChecksum.of(chunk, null, written);
        // Not only an update: a failover may have lost what "send" has written.
        if (!update(transaction, chunk, "outcome = ?, seal = ?", State.UNSETTLED, written, seal)) {
            insert(transaction, chunk, null, null, null, written, seal);
        }
    }

    /** Any state but CLOSED to OPEN or CLOSED; changes nothing if the chunk is CLOSED with the same outcome. */
    void settle(Transaction transaction, ChunkOutcome outcome) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        String written = json.write(outcome);
        int stillOpen = outcome.open() ? 1 : 0;
        long seal = RowChecksum.of(chunk, null, written);
        long place = nextPlace(transaction, chunk.planId());
        boolean settled = update(
                        transaction,
                        chunk,
                        "place = coalesce(place, ?), still_open = ?, outcome = ?, seal = ?",
                        State.REPLACEABLE,
                        place,
                        stillOpen,
                        written,
                        seal)
                || insert(transaction, chunk, null, place, stillOpen, written, seal);
        if (!settled) {
            checkSame(transaction, outcome, written);
        } else if (outcome instanceof NotCloned) {
            RefusalTable.enter(transaction, chunk, "$now");
        }
    }

    /** After those in the history as well: the place of an outcome that was reopened is not given out again. */
    private static long nextPlace(Transaction transaction, PlanId id) throws SQLException {
        return transaction
                .list(
                        row -> row.getLong(1) + 1,
                        "SELECT max(place) FROM ramet_chunk WHERE plan_id = ? UNION ALL "
                                + "SELECT max(place) FROM ramet_refusal WHERE plan_id = ?",
                        id.value(),
                        id.value())
                .stream()
                .mapToLong(next -> next)
                .max()
                .orElse(1);
    }

    /** A write is repeated when its response was lost; another outcome of a chunk that has one must not be dropped. */
    private void checkSame(Transaction transaction, ChunkOutcome outcome, String written) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        Row kept = settled(transaction, chunk).orElseThrow(() -> JournalException.notAsWritten(chunk, "settled"));
        if (!written.equals(kept.outcome())) {
            throw JournalException.settledTwice(json.read(chunk, String.valueOf(kept.outcome())), outcome);
        }
    }

    private static Optional<Row> settled(Transaction transaction, CloneChunk chunk) throws SQLException {
        return transaction.first(
                row -> row(chunk.planId(), row),
                SELECT + "AND chunk = ? AND " + State.SETTLED,
                chunk.planId().value(),
                chunk.index());
    }

    /** CLOSED to UNSENT, if the outcome is a refusal; changes nothing if the chunk is not settled. */
    void reopen(Transaction transaction, CloneChunk chunk) throws SQLException {
        Row refused = settled(transaction, chunk).orElse(null);
        if (refused == null) {
            return;
        }
        if (!(json.read(chunk, String.valueOf(refused.outcome())) instanceof NotCloned)) {
            throw JournalException.notReopened(chunk);
        }
        // An older version of this library has entered no refusals.
        RefusalTable.enter(transaction, chunk, "NULL");
        boolean entered = RefusalTable.reopen(transaction, chunk, refused.place());
        boolean reopened = update(
                transaction,
                chunk,
                "place = NULL, still_open = NULL, outcome = NULL, signed_at = NULL, seal = ?",
                State.SETTLED,
                RowChecksum.of(chunk, null, null));
        if (!entered || !reopened) {
            throw JournalException.notAsWritten(chunk, "reopened");
        }
    }

    /** {@return whether there was no row of the chunk yet} */
    private static boolean insert(
            Transaction transaction,
            CloneChunk chunk,
            @Nullable Long signedAt,
            @Nullable Long place,
            @Nullable Integer stillOpen,
            @Nullable String outcome,
            long seal)
            throws SQLException {
        return transaction.update(
                        "$insertNew INTO ramet_chunk (plan_id, chunk, goods_num, mark, instance_name, attempts, "
                                + "signed_at, place, still_open, outcome, seal) "
                                + "VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?) $ifAbsent",
                        chunk.planId().value(),
                        chunk.index(),
                        chunk.goodsNum(),
                        chunk.mark().value(),
                        chunk.instanceName(),
                        signedAt,
                        place,
                        stillOpen,
                        outcome,
                        seal)
                == 1;
    }

    /** {@return whether there was a row of the chunk in that state} */
    private static boolean update(
            Transaction transaction, CloneChunk chunk, String changes, String state, @Nullable Object... values)
            throws SQLException {
        @Nullable Object[] all = Arrays.copyOf(values, values.length + 2);
        all[values.length] = chunk.planId().value();
        all[values.length + 1] = chunk.index();
        return transaction.update(
                        "UPDATE ramet_chunk SET " + changes + " WHERE plan_id = ? AND chunk = ? AND " + state, all)
                == 1;
    }

    /** {@return what is known of a plan's chunks} */
    Recovered recovered(Transaction transaction, PlanId id, boolean handedOff) throws SQLException {
        List<Row> rows = transaction.list(row -> row(id, row), SELECT + "ORDER BY chunk", id.value());
        BitSet settled = new BitSet();
        rows.stream()
                .filter(row -> row.state().isSettled())
                .forEach(row -> settled.set(row.chunk().index()));
        return new Recovered(settled, pending(rows), handedOff);
    }

    /** {@return the chunks that are SENDING or ANSWERED, by index} */
    List<PendingChunk> pending(Transaction transaction, PlanId id) throws SQLException {
        return pending(transaction.list(
                row -> row(id, row), SELECT + "AND " + State.UNSETTLED + " ORDER BY chunk", id.value()));
    }

    private List<PendingChunk> pending(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.state() == State.SENDING || row.state() == State.ANSWERED)
                .map(row -> new PendingChunk(
                        row.chunk(),
                        row.signedAt(),
                        row.outcome() == null ? null : json.read(row.chunk(), row.outcome())))
                .toList();
    }

    /** {@return the next outcomes after a place; fewer than {@link Transaction#PAGE} are the last} */
    List<PlacedOutcome> page(Transaction transaction, PlanId id, long after) throws SQLException {
        return transaction.list(
                row -> {
                    Row settled = row(id, row);
                    return new PlacedOutcome(
                            settled.place(), json.read(settled.chunk(), String.valueOf(settled.outcome())));
                },
                SELECT + "AND place > ? ORDER BY place LIMIT " + Transaction.PAGE,
                id.value(),
                after);
    }
}
