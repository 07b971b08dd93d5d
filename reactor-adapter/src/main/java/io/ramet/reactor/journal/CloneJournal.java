package io.ramet.reactor.journal;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.concurrent.AsyncCloseable;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import javax.sql.DataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A write-ahead record of every chunk: that it is about to be sent, and its outcome. A plan id belongs to one request
 * forever, which makes it an idempotency key. A journal never holds a password, key or token.
 *
 * <p>All methods are cold and may be called on any thread. Results are emitted on threads that must not be blocked. If
 * the journal fails, the results fail with {@link JournalException}.
 *
 * <p>Not meant to be implemented outside this library: the safety of purchases depends on how claims, fencing and the
 * order of writes work together, and methods may be added in any version. A test may wrap a journal.
 */
public interface CloneJournal extends AsyncCloseable {

    /** How long a plan is held without a renewal by its process, before another process may claim it. */
    Duration LEASE = Duration.ofSeconds(30);

    /**
     * Claims a plan in order to run it. A plan that is not known yet is added to the journal.
     *
     * @param plan the plan
     * @param region the region it is bought in
     * @return the plan's own journal, held until it is released; fails with {@link PlanConflictException} if the plan
     *     id belongs to another request or region, with {@link PlanBusyException} if another process holds the plan,
     *     and with {@link PlanUndoneException} if an instance of it may be isolated. If the Mono is cancelled, the plan
     *     is not claimed, or is released
     */
    Mono<PlanJournal> open(ClonePlan plan, String region);

    /**
     * Claims a plan as {@link #open} does, but the run begins only with its first request. Meant for a caller that
     * looks at other plans before it sends anything: if its process is killed before that, the plan is not abandoned,
     * so no process recovers it.
     *
     * @param plan the plan
     * @param region the region it is bought in
     * @return as {@link #open}
     */
    default Mono<PlanJournal> openUnbegun(ClonePlan plan, String region) {
        return open(plan, region);
    }

    /**
     * Claims a plan in order to reconcile it, for which its request is not needed.
     *
     * @param id the plan
     * @param region the region it was begun in
     * @return as {@link #open}; fails with {@link UnknownPlanException} if there is no such plan
     */
    Mono<PlanJournal> reopen(PlanId id, String region);

    /**
     * Claims a plan in order to isolate what it has bought. This ends the plan's run: the plan is no longer abandoned,
     * so no process recovers it.
     *
     * @param id the plan
     * @param region the region it was begun in
     * @return as {@link #reopen}
     */
    Mono<PlanJournal> openToUndo(PlanId id, String region);

    /**
     * Reads the instances of a plan that were ever about to be isolated, without claiming the plan.
     *
     * @param id the plan
     * @return the latest entry of each such instance; none if the plan is not known
     */
    Flux<UndoEntry> undone(PlanId id);

    /**
     * Claims an abandoned plan: its process has not renewed the lease, or has {@linkplain PlanJournal#handOff handed
     * the plan off}. A plan that was released is not abandoned, even if it is incomplete. No two callers claim the same
     * plan.
     *
     * @param region the region it was begun in
     * @param except plans that are not claimed
     * @return the plan that was claimed least often, or the oldest of several; empty if there is none. Fails with
     *     {@link DamagedPlanException} if the entry of that plan is damaged
     */
    Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except);

    /**
     * Looks up a plan without claiming it.
     *
     * @param id the plan
     * @return the plan, or empty if it is not known
     */
    Mono<StoredPlan> find(PlanId id);

    /**
     * Looks up whether a process holds a plan; cheaper than {@link #find}, for callers that poll.
     *
     * @param id the plan
     * @return whether it is held; empty if the plan is not known
     */
    default Mono<Boolean> held(PlanId id) {
        return find(id).map(StoredPlan::held);
    }

    /**
     * Lists the plans, page by page.
     *
     * @return every plan whose entry is not damaged, oldest first. If an entry is damaged, fails after the last plan
     *     with {@link DamagedPlanException}, which has one suppressed exception for each further damaged entry
     */
    Flux<StoredPlan> plans();

    /**
     * Reads the outcomes of a plan without claiming it, page by page.
     *
     * @param id the plan
     * @param after the place after which to read; 0 reads from the first outcome
     * @return its outcomes in the order in which they were settled; none if the plan is not known
     */
    Flux<PlacedOutcome> outcomes(PlanId id, long after);

    /**
     * Reads the refusals of a plan's chunks, without claiming the plan.
     *
     * @param id the plan
     * @return its refusals in the order in which they were settled, including those of chunks that were {@linkplain
     *     PlanJournal#reopened reopened}; none if the plan is not known
     */
    Flux<Refusal> history(PlanId id);

    /**
     * Reads the chunks of a plan that were sent or about to be sent and have no outcome yet, whether a process holds
     * the plan or not.
     *
     * @param id the plan
     * @return those chunks by index; none if the plan is not known
     */
    Flux<PendingChunk> sending(PlanId id);

    /**
     * Reads the chunks of a plan that an interrupted run has left without an outcome.
     *
     * @param id the plan
     * @return as {@link #sending}, but none while a process holds the plan
     */
    Flux<PendingChunk> pending(PlanId id);

    /**
     * Summarizes what is known about a plan, without claiming it.
     *
     * @param plan the plan
     * @return its report. A chunk that was sent or about to be sent, and has no response yet, counts as sent while the
     *     plan is held; a dead process holds it until its lease expires. After that, the chunk counts as in doubt
     */
    default Mono<CloneReport> report(StoredPlan plan) {
        // In this order, so that a chunk that is settled in between is counted, and only once.
        return sending(plan.id())
                .collectMap(pending -> pending.chunk().index(), Function.identity(), TreeMap::new)
                .flatMap(sent -> outcomes(plan.id(), 0)
                        .map(PlacedOutcome::outcome)
                        .doOnNext(outcome -> sent.remove(outcome.chunk().index()))
                        .reduce(CloneReport.of(plan.id(), plan.goodsNum()), CloneReport::plus)
                        .map(report -> {
                            CloneReport whole = report;
                            for (PendingChunk pending : sent.values()) {
                                whole = plan.held() && pending.response() == null
                                        ? whole.plusSending(pending.chunk())
                                        : whole.plus(pending.knownOutcome());
                            }
                            return whole;
                        }));
    }

    /**
     * Closes the journal after all earlier writes.
     *
     * @return a cold, idempotent Mono that completes when the journal is closed. Plans that are still held are
     *     abandoned once their leases have expired
     */
    @Override
    Mono<Void> disposeLater();

    /**
     * Creates a journal in memory. It prevents a second purchase of a plan for as long as this object lives. Clients
     * may share one: while one of them runs a plan, the others cannot.
     *
     * <p>It takes about 128 MiB of the heap at most, which is enough for a million instances that are bought 30 at a
     * time, or for 45,000 plans of one instance. When it is full, it drops the outcomes of the plans that ended longest
     * ago. Such a plan is unknown to {@link #find}, and {@link #open} refuses it with {@link ForgottenPlanException}:
     * it is not bought again. A new plan is refused with {@link JournalException} when nothing can be dropped, or when
     * a million plans have been dropped.
     *
     * @return the journal
     */
    static CloneJournal inMemory() {
        return new MemoryJournal(128 << 20, Clock.systemUTC());
    }

    /**
     * Creates a journal in a database: SQLite for one machine; PostgreSQL, MySQL (8.0 or newer) or MariaDB (10.6 or
     * newer) for several. It creates its tables on first use. A plan that another process holds cannot be claimed until
     * that process has not renewed its lease for {@link #LEASE}.
     *
     * <p>A commit must not be lost once it has returned. On PostgreSQL the journal sets {@code synchronous_commit} to
     * {@code on}, unless it is {@code remote_apply}, and refuses a server with {@code fsync=off}. It refuses a MySQL or
     * MariaDB server whose {@code innodb_flush_log_at_trx_commit} is not 1 (or MariaDB's 3), or that has a binary log
     * and a {@code sync_binlog} other than 1. It checks these settings again before each chunk, and sends no chunk
     * while one of them is wrong; outcomes are still written. A standby that may be promoted must be synchronous: an
     * asynchronous one may lack the latest commits of the primary, which are those of the chunks that were just being
     * sent.
     *
     * <p>A database that provides no connection or no response within 10 s counts as unavailable. The entry of a chunk
     * that is about to be sent is retried for up to 10 s, that of an outcome for as long as the lease.
     *
     * @param database holds the tables; the journal keeps one connection, and uses it on one thread of its own
     * @return the journal
     */
    static CloneJournal jdbc(DataSource database) {
        return jdbcBuilder(database).build();
    }

    /**
     * Returns the SQL that creates the tables of a journal, for a migration tool or an administrator; the files {@code
     * schema-*.sql} beside this class hold the same. A journal creates the tables itself unless it was built with
     * {@link JdbcJournalBuilder#makeTables makeTables(false)}.
     *
     * @param database {@code sqlite}, {@code postgresql}, {@code mysql} or {@code mariadb}
     * @return statements for an empty database, each followed by a semicolon and a line feed
     * @throws io.ramet.error.InvalidValueException if the name is another one
     */
    static String schema(String database) {
        return Schema.script(Dialect.named(database));
    }

    /**
     * Begins a {@linkplain #jdbc journal in a database} with other settings.
     *
     * @param database holds the tables
     * @return a builder
     */
    static JdbcJournalBuilder jdbcBuilder(DataSource database) {
        return new JdbcJournalBuilder(database);
    }
}
