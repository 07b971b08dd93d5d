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
 * A write-ahead record of every chunk: that it is about to be sent, and what became of it. A plan id stands for one
 * request for ever, which is what makes it an idempotency key. A journal never holds a password, key or token.
 *
 * <p>All methods are cold and may be called on any thread. Their results are emitted on threads that must not be
 * blocked. Failures of the journal are {@link JournalException}.
 *
 * <p>Not meant to be implemented outside this library: how claims, fencing and the order of writes work together is
 * part of its proof, and methods may be added in any version. A decorator in a test is fine.
 */
public interface CloneJournal extends AsyncCloseable {

    /** How long a plan is held without a sign of life from its process, before another process may claim it. */
    Duration LEASE = Duration.ofSeconds(30);

    /**
     * Claims a plan to run it. A plan that is not known yet is entered.
     *
     * @param plan the plan
     * @param region the region it is bought in
     * @return the plan's own journal, held until it is released; fails with {@link PlanConflictException} if the plan
     *     id stands for another request or region, with {@link PlanBusyException} if another process holds the plan,
     *     and with {@link PlanUndoneException} if an instance of it may be isolated. If it is cancelled, the plan is
     *     not claimed, or is released
     */
    Mono<PlanJournal> open(ClonePlan plan, String region);

    /**
     * Claims a plan as {@link #open} does, for a caller that looks at other plans before it sends anything: the run
     * begins with its first request. If the process is killed before that, the plan is not abandoned, so no process
     * resumes it without being asked.
     *
     * @param plan the plan
     * @param region the region it is bought in
     * @return as {@link #open}
     */
    default Mono<PlanJournal> openUnbegun(ClonePlan plan, String region) {
        return open(plan, region);
    }

    /**
     * Claims a plan to reconcile it, for which its request is not needed.
     *
     * @param id the plan
     * @param region the region it was begun in
     * @return as {@link #open}; fails with {@link UnknownPlanException} if there is no such plan
     */
    Mono<PlanJournal> reopen(PlanId id, String region);

    /**
     * Claims a plan to isolate what it has bought. Its run has ended with that: the plan is no longer abandoned, so no
     * process resumes it without being asked.
     *
     * @param id the plan
     * @param region the region it was begun in
     * @return as {@link #reopen}
     */
    Mono<PlanJournal> openToUndo(PlanId id, String region);

    /**
     * Reads which instances of a plan were ever about to be isolated, without claiming it.
     *
     * @param id the plan
     * @return the last entry of each such instance; none if the plan is not known
     */
    Flux<UndoEntry> undone(PlanId id);

    /**
     * Claims an abandoned plan: its process has let the lease run out, or has {@linkplain PlanJournal#handOff handed it
     * off}. A plan that was released is not abandoned, whatever is left to do of it. No two callers claim the same
     * plan.
     *
     * @param region the region it was begun in
     * @param except plans that are not wanted
     * @return the plan that was claimed least often, and of those the oldest one; empty if there is none. Fails with
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
     * Looks up whether a process holds a plan; cheaper than {@link #find}, for those that ask again and again.
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
     * @return every plan whose entry is sound, oldest first; fails after the last one with {@link DamagedPlanException}
     *     if an entry is damaged, with one suppressed in it for each further damaged entry
     */
    Flux<StoredPlan> plans();

    /**
     * Reads the outcomes of a plan without claiming it, page by page.
     *
     * @param id the plan
     * @param after the place to read on after; 0 reads from the first
     * @return its outcomes in the order in which they were settled; none if the plan is not known
     */
    Flux<PlacedOutcome> outcomes(PlanId id, long after);

    /**
     * Reads which chunks of a plan were ever refused, without claiming it.
     *
     * @param id the plan
     * @return its refusals in the order in which they were settled, including those of chunks that were {@linkplain
     *     PlanJournal#reopened reopened}; none if the plan is not known
     */
    Flux<Refusal> history(PlanId id);

    /**
     * Reads which chunks of a plan were sent, or were about to be, and have no outcome yet, whether a process holds the
     * plan or not.
     *
     * @param id the plan
     * @return those chunks by index; none if the plan is not known
     */
    Flux<PendingChunk> sending(PlanId id);

    /**
     * Reads which chunks of a plan were left without an outcome by a run that has broken off.
     *
     * @param id the plan
     * @return as {@link #sending}, but none while a process holds the plan
     */
    Flux<PendingChunk> pending(PlanId id);

    /**
     * Sums up what is known of a plan without claiming it.
     *
     * @param plan the plan
     * @return its report. A chunk that was sent, or was about to be, and has no response yet counts as sent while the
     *     plan is held, also by a process that is dead and whose lease has not run out; after that it is in doubt
     */
    default Mono<CloneReport> report(StoredPlan plan) {
        // In this order: a chunk that is settled in between is not lost, and it is counted once.
        return sending(plan.id())
                .collectMap(pending -> pending.chunk().index(), Function.identity(), TreeMap::new)
                .flatMap(sent -> outcomes(plan.id(), 0)
                        .map(PlacedOutcome::outcome)
                        .doOnNext(outcome -> sent.remove(outcome.chunk().index()))
                        .reduce(CloneReport.of(plan.id(), plan.goodsNum()), CloneReport::plus)
                        .map(report -> {
                            CloneReport whole = report;
                            for (PendingChunk pending : sent.values()) {
                                whole = plan.held() && pending.answer() == null
                                        ? whole.plusSending(pending.chunk())
                                        : whole.plus(pending.knownOutcome());
                            }
                            return whole;
                        }));
    }

    /**
     * Closes the journal after all earlier writes.
     *
     * @return a cold Mono that completes when the journal is closed; idempotent. Plans that are still held are
     *     abandoned once their leases have run out
     */
    @Override
    Mono<Void> disposeLater();

    /**
     * A journal that lives as long as this object: a plan id is bought once within it, and is forgotten with it.
     * Clients may share one: a plan that one of them runs is refused to the others.
     *
     * <p>It takes about 128 MiB of the heap at most: a million instances bought 30 at a time, or 45,000 plans of one
     * instance. When it is full, it drops the outcomes of the plans that ended longest ago. Such a plan is unknown to
     * {@link #find}, and {@link #open} refuses it with {@link ForgottenPlanException}: it is not bought again. A new
     * plan is refused with {@link JournalException} when nothing can be dropped, or when a million plans have been
     * dropped.
     *
     * @return the journal
     */
    static CloneJournal inMemory() {
        return new MemoryJournal(128 << 20, Clock.systemUTC());
    }

    /**
     * A journal in a database: SQLite for one machine; PostgreSQL, MySQL (8.0 or newer) or MariaDB (10.6 or newer) for
     * many. It makes its tables on first use. A plan that another process holds is refused; a plan whose process has
     * been silent for {@link #LEASE} may be claimed.
     *
     * <p>A commit must not be lost once it has returned. On PostgreSQL the journal sets {@code synchronous_commit} to
     * {@code on}, unless it is {@code remote_apply}, and refuses a server with {@code fsync=off}. It refuses a MySQL or
     * MariaDB server whose {@code innodb_flush_log_at_trx_commit} is not 1 (or MariaDB's 3), or that has a binary log
     * and a {@code sync_binlog} other than 1. It looks again before each chunk, and no chunk is sent once a server has
     * been set so; outcomes are still written. A standby that may be promoted must be synchronous: an asynchronous one
     * lacks the latest commits of the primary when it is promoted, which are the chunks that were just being sent.
     *
     * <p>A database that gives no connection within 10 s, or no response within 10 s, counts as unavailable. A chunk
     * that is about to be sent waits up to 10 s for it, an outcome as long as the lease.
     *
     * @param database holds the tables; the journal keeps one connection of it, and works on one thread of its own
     * @return the journal
     */
    static CloneJournal jdbc(DataSource database) {
        return jdbcBuilder(database).build();
    }

    /**
     * The SQL that makes the tables of a journal, for a migration tool or an administrator. A journal makes them by
     * itself unless its builder says {@link JdbcJournalBuilder#makeTables makeTables(false)}.
     *
     * @param database {@code sqlite}, {@code postgresql}, {@code mysql} or {@code mariadb}
     * @return statements for an empty database, each with a semicolon and a line feed at its end
     * @throws io.ramet.error.InvalidValueException if it is another one
     */
    static String schema(String database) {
        return Schema.script(Dialect.named(database));
    }

    /**
     * A {@linkplain #jdbc journal in a database} with other settings.
     *
     * @param database where the tables are
     * @return a builder
     */
    static JdbcJournalBuilder jdbcBuilder(DataSource database) {
        return new JdbcJournalBuilder(database);
    }
}
