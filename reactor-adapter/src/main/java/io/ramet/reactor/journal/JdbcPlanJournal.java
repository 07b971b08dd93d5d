package io.ramet.reactor.journal;

import io.ramet.json.OutcomeJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.Database.Transaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** A plan in a database, held with a fencing number. Every write renews the lease; {@link Leases} does while there is none. */
final class JdbcPlanJournal implements PlanJournal {

    private static final Logger log = LoggerFactory.getLogger(JdbcPlanJournal.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** A chunk that cannot be entered has not been sent: its run may end. */
    private static final Duration LONGEST_ENTRY = Duration.ofSeconds(10);

    /** Of a plan that a run was begun of: it is to be gone on with though nobody is subscribed to it. */
    static final int HANDED_OFF = 2;

    private final Database database;
    private final OutcomeJson json;
    private final PlanId id;
    private final Leases leases;
    private final long fence;
    private final Recovered known;
    private final boolean toRun;
    private final Sinks.Empty<Void> lost = Sinks.empty();

    /** {@code toRun} if taken up not only to be settled. */
    JdbcPlanJournal(
            Database database, OutcomeJson json, PlanId id, Leases leases, long fence, Recovered known, boolean toRun) {
        this.database = database;
        this.json = json;
        this.id = id;
        this.leases = leases;
        this.fence = fence;
        this.known = known;
        this.toRun = toRun;
    }

    PlanId id() {
        return id;
    }

    long fence() {
        return fence;
    }

    /** {@return why nothing more can be written: the plan is in other hands. Ends the run} */
    JournalException taken() {
        JournalException taken = new JournalException("plan " + id + " has been taken over by another process", null);
        lost.tryEmitError(taken);
        return taken;
    }

    @Override
    public Recovered known() {
        return known;
    }

    @Override
    public Mono<Void> sending(CloneChunk chunk, long timestamp) {
        return retryWhileUnavailable(chunk, LONGEST_ENTRY, write("enter chunk " + chunk.index(), transaction -> {
            int entered = transaction.update(
                    "INSERT INTO ramet_chunk (plan_id, chunk, goods_num, mark, instance_name, attempts, signed_at, seal) "
                            + "VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (plan_id, chunk) DO UPDATE "
                            + "SET attempts = ramet_chunk.attempts + 1, signed_at = excluded.signed_at, "
                            + "outcome = NULL, seal = excluded.seal WHERE ramet_chunk.place IS NULL",
                    id.value(),
                    chunk.index(),
                    chunk.goodsNum(),
                    chunk.mark().value(),
                    chunk.instanceName(),
                    timestamp,
                    RowChecksum.of(chunk, timestamp, null));
            if (entered != 1) {
                throw new JournalException(
                        "chunk " + chunk.index() + " of plan " + id
                                + " already has an outcome in the journal, so it must not be sent",
                        null);
            }
        }));
    }

    @Override
    public Mono<Void> withdrawn(CloneChunk chunk) {
        return write(
                "withdraw chunk " + chunk.index(),
                transaction -> transaction.update(
                        "UPDATE ramet_chunk SET signed_at = NULL, outcome = NULL, seal = ? "
                                + "WHERE plan_id = ? AND chunk = ? AND place IS NULL",
                        RowChecksum.of(chunk, null, null),
                        id.value(),
                        chunk.index()));
    }

    @Override
    public Mono<Void> answered(ChunkOutcome outcome) {
        CloneChunk chunk = outcome.chunk();
        String written = json.write(outcome);
        return retryWhileUnavailable(
                outcome,
                leases.length(),
                write(
                        "write down the answer for chunk " + chunk.index(),
                        transaction -> transaction.update(
                                "INSERT INTO ramet_chunk (plan_id, chunk, goods_num, mark, instance_name, attempts, outcome, seal) "
                                        + "VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (plan_id, chunk) DO UPDATE "
                                        + "SET outcome = excluded.outcome, seal = excluded.seal WHERE ramet_chunk.place IS NULL",
                                id.value(),
                                chunk.index(),
                                chunk.goodsNum(),
                                chunk.mark().value(),
                                chunk.instanceName(),
                                written,
                                RowChecksum.of(chunk, null, written))));
    }

    @Override
    public Mono<Void> settled(ChunkOutcome outcome) {
        CloneChunk chunk = outcome.chunk();
        String written = json.write(outcome);
        return retryWhileUnavailable(outcome, leases.length(), write("settle chunk " + chunk.index(), transaction -> {
            // Not only an update: a failover may have lost what "sending" wrote.
            int settled = transaction.update(
                    "INSERT INTO ramet_chunk (plan_id, chunk, goods_num, mark, instance_name, attempts, "
                            + "still_open, outcome, seal, place) "
                            + "SELECT ?, ?, ?, ?, ?, 1, ?, ?, ?, max(place) + 1 FROM ("
                            + "SELECT coalesce(max(place), 0) AS place FROM ramet_chunk WHERE plan_id = ? UNION ALL "
                            + "SELECT coalesce(max(place), 0) FROM ramet_refusal WHERE plan_id = ?) AS last "
                            + "WHERE true ON CONFLICT (plan_id, chunk) DO UPDATE "
                            + "SET still_open = excluded.still_open, outcome = excluded.outcome, "
                            + "seal = excluded.seal, place = coalesce(ramet_chunk.place, excluded.place) "
                            + "WHERE ramet_chunk.place IS NULL OR ramet_chunk.still_open = 1",
                    id.value(),
                    chunk.index(),
                    chunk.goodsNum(),
                    chunk.mark().value(),
                    chunk.instanceName(),
                    outcome.open() ? 1 : 0,
                    written,
                    RowChecksum.of(chunk, null, written),
                    id.value(),
                    id.value());
            if (settled == 1 && outcome instanceof NotCloned) {
                enterInHistory(transaction, chunk, "$now");
            } else if (settled == 0) {
                checkSame(transaction, outcome, written);
            }
        }));
    }

    /** A write is tried again when its response is lost; another outcome of a chunk that has one must not be dropped. */
    private void checkSame(Transaction transaction, ChunkOutcome outcome, String written) throws SQLException {
        CloneChunk chunk = outcome.chunk();
        try (PreparedStatement query = transaction.prepare(
                        "SELECT outcome FROM ramet_chunk WHERE plan_id = ? AND chunk = ?", id.value(), chunk.index());
                ResultSet row = query.executeQuery()) {
            String kept = row.next() ? row.getString("outcome") : null;
            if (kept != null && !kept.equals(written)) {
                throw JournalException.settledTwice(id, json.read(chunk, kept), outcome);
            }
        }
    }

    private void enterInHistory(Transaction transaction, CloneChunk chunk, String settledAt) throws SQLException {
        transaction.update(
                "INSERT INTO ramet_refusal (plan_id, place, chunk, outcome, seal, settled_at) "
                        + "SELECT plan_id, place, chunk, outcome, seal, " + settledAt
                        + " FROM ramet_chunk WHERE plan_id = ? AND chunk = ? ON CONFLICT DO NOTHING",
                id.value(),
                chunk.index());
    }

    @Override
    public Mono<Void> reopened(CloneChunk chunk) {
        return write("reopen chunk " + chunk.index(), transaction -> {
            Long place = refusedAt(transaction, chunk);
            if (place == null) {
                return;
            }
            // Of one that an older version has settled there is none.
            enterInHistory(transaction, chunk, "CAST(NULL AS BIGINT)");
            transaction.update(
                    "UPDATE ramet_refusal SET reopened_at = $now WHERE plan_id = ? AND place = ? AND chunk = ?",
                    id.value(),
                    place,
                    chunk.index());
            transaction.update(
                    "UPDATE ramet_chunk SET place = NULL, still_open = NULL, outcome = NULL, signed_at = NULL, seal = ? "
                            + "WHERE plan_id = ? AND chunk = ?",
                    RowChecksum.of(chunk, null, null),
                    id.value(),
                    chunk.index());
        });
    }

    /** {@return the place of the chunk's refusal, or null if the chunk has no outcome} */
    private @Nullable Long refusedAt(Transaction transaction, CloneChunk chunk) throws SQLException {
        try (PreparedStatement query = transaction.prepare(
                        "SELECT place, outcome, seal FROM ramet_chunk WHERE plan_id = ? AND chunk = ? AND place IS NOT NULL",
                        id.value(),
                        chunk.index());
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            String written = row.getString("outcome");
            RowChecksum.check(chunk, null, written, row.getLong("seal"));
            if (!(json.read(chunk, written) instanceof NotCloned)) {
                throw new JournalException(
                        "chunk " + chunk.index() + " of plan " + id
                                + " was bought or is in doubt, and cannot be sent again",
                        null);
            }
            return row.getLong("place");
        }
    }

    @Override
    public Mono<BitSet> refusedWithin(Duration age) {
        return database.read("read the recent refusals of plan " + id, transaction -> {
            BitSet recent = new BitSet();
            try (PreparedStatement query = transaction.prepare(
                            "SELECT chunk FROM ramet_refusal "
                                    + "WHERE plan_id = ? AND reopened_at IS NULL AND settled_at > $now - ?",
                            id.value(),
                            age.toMillis());
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    recent.set(row.getInt("chunk"));
                }
            }
            return recent;
        });
    }

    @Override
    public Flux<PlacedOutcome> outcomes(long after) {
        return JdbcJournal.outcomes(database, json, id, after);
    }

    @Override
    public Mono<Void> lost() {
        return lost.asMono().publishOn(Schedulers.parallel());
    }

    @Override
    public Mono<Void> release() {
        return retryWhileUnavailable(
                        "released: " + id, leases.length(), letGo("release", toRun ? ", underway = 0" : ""))
                .doFinally(end -> leases.end(this));
    }

    @Override
    public Mono<Void> handOff() {
        return letGo("hand over", toRun ? ", underway = " + HANDED_OFF : "").doFinally(end -> leases.end(this));
    }

    private Mono<Void> letGo(String what, String ending) {
        return Mono.defer(() -> {
            lost.tryEmitEmpty();
            return database.write(
                            what + " plan " + id,
                            transaction -> transaction.update(
                                    "UPDATE ramet_plan SET owner = '', lease_until = 0" + ending
                                            + " WHERE plan_id = ? AND owner = ? AND fence = ?",
                                    id.value(),
                                    leases.owner(),
                                    fence))
                    .retry(1)
                    .then();
        });
    }

    private interface Change {
        void in(Transaction transaction) throws SQLException;
    }

    /**
     * What was bought stands nowhere else, and a plan that has ended must not look like one that was left: a database that
     * fails is tried again, whatever it says. What the fence has refused is not.
     */
    private Mono<Void> retryWhileUnavailable(Object what, Duration longest, Mono<Void> write) {
        return Mono.defer(() -> {
            long began = leases.nanoTime();
            return write.retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                    .maxBackoff(LONGEST_PAUSE)
                    .scheduler(leases.timer())
                    .doBeforeRetry(again -> log.warn("not in the journal yet: {}", what, again.failure()))
                    .filter(failure -> Database.mayPass(failure) && leases.nanoTime() - began < longest.toNanos()));
        });
    }

    /**
     * The fence comes first: it takes the lock, and without it nothing else is written. Tried twice, on a new connection if that
     * was the trouble: the same write again changes nothing.
     */
    private Mono<Void> write(String what, Change change) {
        return database.write(what + " of plan " + id, transaction -> {
                    int held = transaction.update(
                            "UPDATE ramet_plan SET lease_until = $now + ? WHERE plan_id = ? AND owner = ? AND fence = ?",
                            leases.length().toMillis(),
                            id.value(),
                            leases.owner(),
                            fence);
                    if (held == 0) {
                        throw taken();
                    }
                    change.in(transaction);
                    return held;
                })
                .retryWhen(Retry.max(1).filter(Database::mayPass).onRetryExhaustedThrow((rule, last) -> last.failure()))
                .then();
    }
}
