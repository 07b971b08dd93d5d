package io.ramet.reactor.journal;

import io.ramet.error.InvalidValueException;
import io.ramet.json.CloneJson;
import io.ramet.json.OutcomeJson;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.Mark;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.Database.Transaction;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * A journal in a database, {@code java.sql} only.
 *
 * <p>A plan is held by a lease with a fencing number. Taking a plan up raises the number; every write names the number it was
 * taken up with and changes nothing if that is no longer the plan's. So a process that was paused, and wakes after its lease
 * was taken, cannot write that it is about to send, and therefore does not send.
 */
final class JdbcJournal implements CloneJournal {

    private static final int PAGE = 256;
    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    private static final String STORED =
            "SELECT plan_id, number, region, goods_num, request, lease_until >= $now AS held, fingerprint, seal "
                    + "FROM ramet_plan WHERE ";

    private final Database database;
    private final CloneJson requests = CloneJson.lenient();
    private final OutcomeJson json = new OutcomeJson();
    private final Leases leases;
    private final Scheduler timer;
    private final Duration patience;

    JdbcJournal(DataSource source, Duration lease, Duration patience, Scheduler timer, LongSupplier nanoTime) {
        InvalidValueException.unless(lease.toMillis() >= 1000, "lease", lease, "must be 1 s or more");
        InvalidValueException.unless(!patience.isNegative(), "patience", patience, "must not be negative");
        this.database = new Database(source, timer, nanoTime);
        this.leases = new Leases(database, lease, timer, nanoTime);
        this.timer = timer;
        this.patience = patience;
    }

    @Override
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return awaitFree(claim("take up plan " + plan.id(), transaction -> {
            enter(transaction, plan, region);
            return claim(transaction, plan.id(), region, true);
        }));
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return awaitFree(claim("take up plan " + id, transaction -> claim(transaction, id, region, false)));
    }

    private Mono<PlanJournal> claim(String what, Database.Work<Claim> taking) {
        return database.claim(what, taking, this::held)
                .doOnDiscard(
                        JdbcPlanJournal.class, unwanted -> unwanted.release().subscribe())
                .cast(PlanJournal.class);
    }

    private Mono<PlanJournal> awaitFree(Mono<PlanJournal> taking) {
        return taking.retryWhen(Retry.fixedDelay(patience.dividedBy(ASK_AGAIN), ASK_AGAIN)
                .filter(PlanBusyException.class::isInstance)
                .scheduler(timer)
                .onRetryExhaustedThrow((rule, last) -> last.failure()));
    }

    private void enter(Transaction transaction, ClonePlan plan, String region) throws SQLException {
        String fingerprint = requests.fingerprint(plan);
        StoredPlan stored = new StoredPlan(
                plan.id(), region, plan.request().goodsNum(), requests.writeWithoutPassword(plan.request()), false);
        transaction.update(
                "INSERT INTO ramet_plan (plan_id, number, fingerprint, region, request, goods_num, seal, owner, lease_until, fence, underway) "
                        + "SELECT ?, (SELECT coalesce(max(number), 0) + 1 FROM ramet_plan), ?, ?, ?, ?, ?, '', 0, 0, 0 "
                        + "WHERE true ON CONFLICT (plan_id) DO NOTHING",
                plan.id().value(),
                fingerprint,
                region,
                stored.request(),
                stored.goodsNum(),
                RowChecksum.of(stored, fingerprint));
        try (PreparedStatement query = transaction.prepare(
                        "SELECT fingerprint FROM ramet_plan WHERE plan_id = ?",
                        plan.id().value());
                ResultSet row = query.executeQuery()) {
            if (!row.next() || !row.getString(1).equals(fingerprint)) {
                throw new PlanConflictException(plan.id());
            }
        }
    }

    /** {@code toRun} if not only to be settled. */
    private record Claim(StoredPlan plan, long fence, Recovered known, boolean toRun) {}

    /** After the commit: what was not taken up for sure must not be renewed. */
    private JdbcPlanJournal held(Claim taken) {
        return leases.begin(new JdbcPlanJournal(
                database, json, taken.plan().id(), leases, taken.fence(), taken.known(), taken.toRun()));
    }

    /** Writes first: SQLite refuses one who reads and then wants to write, if another has written in between. */
    private Claim claim(Transaction transaction, PlanId id, String region, boolean toRun) throws SQLException {
        int taken = transaction.update(
                "UPDATE ramet_plan SET owner = ?, fence = fence + 1, lease_until = $now + ?"
                        + (toRun ? ", underway = CASE underway WHEN 0 THEN 1 ELSE underway END " : " ")
                        + "WHERE plan_id = ? AND region = ? AND lease_until < $now",
                leases.owner(),
                leases.length().toMillis(),
                id.value(),
                region);
        StoredPlan stored = stored(transaction, id).orElseThrow(() -> new UnknownPlanException(id));
        PlanConflictException.unlessSameRegion(id, stored.region(), region);
        try (PreparedStatement query = transaction.prepare(
                        "SELECT owner, fence, underway FROM ramet_plan WHERE plan_id = ?", id.value());
                ResultSet row = query.executeQuery()) {
            if (!row.next() || taken == 0) {
                throw new PlanBusyException(id, row.getString(1));
            }
            return new Claim(stored, row.getLong(2), known(transaction, id, row.getInt(3)), toRun);
        }
    }

    /** In one statement, which takes the lock of SQLite before it reads. */
    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return database.claim(
                        "take up a plan that was left",
                        transaction -> claimAbandoned(transaction, region, except),
                        taken -> taken.map(left -> new ClaimedPlan(left.plan(), held(left))))
                .flatMap(Mono::justOrEmpty);
    }

    private Optional<Claim> claimAbandoned(Transaction transaction, String region, Set<PlanId> except)
            throws SQLException {
        List<Object> values =
                new ArrayList<>(List.of(leases.owner(), leases.length().toMillis(), region));
        except.forEach(id -> values.add(id.value()));
        String unwanted = except.isEmpty()
                ? ""
                : "AND plan_id NOT IN (" + String.join(", ", Collections.nCopies(except.size(), "?")) + ") ";
        try (PreparedStatement taking = transaction.prepare(
                        "UPDATE ramet_plan SET owner = ?, fence = fence + 1, lease_until = $now + ? WHERE plan_id = "
                                + "(SELECT plan_id FROM ramet_plan WHERE underway > 0 AND lease_until < $now "
                                + "AND region = ? " + unwanted + "ORDER BY fence, number LIMIT 1 $skipLocked) "
                                + "RETURNING plan_id, fence, underway",
                        values.toArray());
                ResultSet row = taking.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            PlanId id = PlanId.of(row.getString(1));
            try {
                StoredPlan plan = stored(transaction, id).orElseThrow();
                return Optional.of(new Claim(plan, row.getLong(2), known(transaction, id, row.getInt(3)), true));
            } catch (RuntimeException unreadable) {
                throw new DamagedPlanException(id, "the entry of plan " + id + " cannot be read", unreadable);
            }
        }
    }

    private Recovered known(Transaction transaction, PlanId id, int inProgress) throws SQLException {
        Chunks chunks = chunks(transaction, id, "");
        return new Recovered(chunks.settled(), chunks.pending(), inProgress == JdbcPlanJournal.HANDED_OFF);
    }

    private record Chunks(BitSet settled, List<PendingChunk> pending) {}

    private Chunks chunks(Transaction transaction, PlanId id, String where) throws SQLException {
        BitSet settled = new BitSet();
        List<PendingChunk> pending = new ArrayList<>();
        try (PreparedStatement query = transaction.prepare(
                        "SELECT chunk, goods_num, mark, instance_name, signed_at, place, outcome, seal FROM ramet_chunk "
                                + "WHERE plan_id = ?" + where + " ORDER BY chunk",
                        id.value());
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                CloneChunk chunk = chunk(id, row);
                Long signedAt = number(row, "signed_at");
                boolean isSettled = row.getObject("place") != null;
                String outcome = row.getString("outcome");
                RowChecksum.check(chunk, signedAt, outcome, row.getLong("seal"));
                if (isSettled) {
                    settled.set(chunk.index());
                } else if (signedAt != null || outcome != null) {
                    pending.add(new PendingChunk(
                            chunk,
                            signedAt == null ? 0 : signedAt,
                            outcome == null ? null : json.read(chunk, outcome)));
                }
            }
        }
        return new Chunks(settled, pending);
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    static CloneChunk chunk(PlanId id, ResultSet row) throws SQLException {
        return new CloneChunk(
                id,
                row.getInt("chunk"),
                row.getInt("goods_num"),
                new Mark(row.getString("mark")),
                row.getString("instance_name"));
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return database.read("look up plan " + id, transaction -> stored(transaction, id))
                .flatMap(Mono::justOrEmpty);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return Flux.defer(() -> {
            List<DamagedPlanException> damaged = Collections.synchronizedList(new ArrayList<>());
            Flux<StoredPlan> whole = listed(0L)
                    .expand(page -> page.size() < PAGE
                            ? Mono.empty()
                            : listed(page.get(page.size() - 1).number()))
                    .concatMapIterable(page -> page, 1)
                    .mapNotNull(listed -> {
                        if (listed.damage() != null) {
                            damaged.add(listed.damage());
                        }
                        return listed.plan();
                    });
            return Flux.concat(Flux.just(whole, Flux.defer(() -> reported(damaged))));
        });
    }

    private static Flux<StoredPlan> reported(List<DamagedPlanException> damaged) {
        if (damaged.isEmpty()) {
            return Flux.empty();
        }
        DamagedPlanException first = damaged.get(0);
        damaged.stream().skip(1).forEach(first::addSuppressed);
        return Flux.error(first);
    }

    /** A row of the list: the plan, or how its entry is damaged. */
    private record Listed(
            long number,
            @Nullable StoredPlan plan,
            @Nullable DamagedPlanException damage) {}

    private Mono<List<Listed>> listed(long after) {
        return database.read("list the plans", transaction -> {
            List<Listed> page = new ArrayList<>();
            try (PreparedStatement query =
                            transaction.prepare(STORED + "number > ? ORDER BY number LIMIT " + PAGE, after);
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    long number = row.getLong("number");
                    try {
                        page.add(new Listed(number, stored(row), null));
                    } catch (DamagedPlanException damage) {
                        page.add(new Listed(number, null, damage));
                    }
                }
            }
            return page;
        });
    }

    private static StoredPlan stored(ResultSet row) throws SQLException {
        StoredPlan plan = new StoredPlan(
                PlanId.of(row.getString("plan_id")),
                row.getString("region"),
                row.getInt("goods_num"),
                row.getString("request"),
                row.getBoolean("held"));
        RowChecksum.check(plan, row.getString("fingerprint"), row.getLong("seal"));
        return plan;
    }

    private static Optional<StoredPlan> stored(Transaction transaction, PlanId id) throws SQLException {
        try (PreparedStatement query = transaction.prepare(STORED + "plan_id = ?", id.value());
                ResultSet row = query.executeQuery()) {
            return row.next() ? Optional.of(stored(row)) : Optional.empty();
        }
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return outcomes(database, json, id, after);
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return database.read("read the history of plan " + id, transaction -> {
                    List<Refusal> refusals = new ArrayList<>();
                    try (PreparedStatement query = transaction.prepare(
                                    "SELECT chunk, goods_num, mark, instance_name, r.outcome, r.seal, settled_at, reopened_at "
                                            + "FROM ramet_refusal r JOIN ramet_chunk USING (plan_id, chunk) "
                                            + "WHERE plan_id = ? ORDER BY r.place, chunk",
                                    id.value());
                            ResultSet row = query.executeQuery()) {
                        while (row.next()) {
                            refusals.add(refusal(id, row));
                        }
                    }
                    return refusals;
                })
                .flatMapIterable(refusals -> refusals);
    }

    private Refusal refusal(PlanId id, ResultSet row) throws SQLException {
        CloneChunk chunk = chunk(id, row);
        String outcome = row.getString("outcome");
        RowChecksum.check(chunk, null, outcome, row.getLong("seal"));
        return new Refusal(
                (NotCloned) json.read(chunk, outcome), instant(row, "settled_at"), instant(row, "reopened_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Long millis = number(row, column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return database.read("read what is being sent of plan " + id, transaction -> pending(transaction, id))
                .flatMapIterable(pending -> pending);
    }

    private List<PendingChunk> pending(Transaction transaction, PlanId id) throws SQLException {
        return chunks(transaction, id, " AND place IS NULL").pending();
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return database.read("read what plan " + id + " left", transaction -> {
                    boolean held =
                            stored(transaction, id).filter(StoredPlan::held).isPresent();
                    return held ? List.<PendingChunk>of() : pending(transaction, id);
                })
                .flatMapIterable(pending -> pending);
    }

    static Flux<PlacedOutcome> outcomes(Database database, OutcomeJson json, PlanId id, long after) {
        return page(database, json, id, after)
                .expand(page -> page.size() < PAGE
                        ? Mono.empty()
                        : page(database, json, id, page.get(page.size() - 1).place()))
                .concatMapIterable(page -> page, 1);
    }

    private static Mono<List<PlacedOutcome>> page(Database database, OutcomeJson json, PlanId id, long after) {
        return database.read("read the outcomes of plan " + id, transaction -> {
            List<PlacedOutcome> outcomes = new ArrayList<>();
            try (PreparedStatement query = transaction.prepare(
                            "SELECT chunk, goods_num, mark, instance_name, place, outcome, seal FROM ramet_chunk "
                                    + "WHERE plan_id = ? AND place > ? ORDER BY place LIMIT " + PAGE,
                            id.value(),
                            after);
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    CloneChunk chunk = chunk(id, row);
                    String outcome = row.getString("outcome");
                    RowChecksum.check(chunk, null, outcome, row.getLong("seal"));
                    outcomes.add(new PlacedOutcome(row.getLong("place"), json.read(chunk, outcome)));
                }
            }
            return outcomes;
        });
    }

    @Override
    public Mono<Void> close() {
        return database.close();
    }
}
