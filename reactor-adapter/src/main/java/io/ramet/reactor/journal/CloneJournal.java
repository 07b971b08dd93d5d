package io.ramet.reactor.journal;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where it stands that a chunk is about to be sent, before it is, and what became of it. One plan id stands for one
 * request, for ever: this is what makes it an idempotency key. A journal never holds a password, key or token.
 *
 * <p>Failures of the journal are {@link JournalException}.
 */
public interface CloneJournal {

    /** How long a plan is held without a sign of life before another process may take it over. */
    Duration LEASE = Duration.ofSeconds(30);

    /**
     * Takes a plan up to run it: enters it if it is new, and tells what is known of it if it is not.
     *
     * @param plan the plan
     * @param region the region it is bought in
     * @return the plan's own journal, held until released; fails with {@link PlanConflictException} if the plan id stands for
     *     another request or region, and with {@link PlanBusyException} if another process holds the plan
     */
    Mono<PlanJournal> open(ClonePlan plan, String region);

    /**
     * Takes a plan up to settle it, for which the request is not needed.
     *
     * @param id the plan
     * @param region the region it was begun in
     * @return as {@link #open}; fails with {@link UnknownPlanException} if there is no such plan
     */
    Mono<PlanJournal> reopen(PlanId id, String region);

    /**
     * Takes up a plan that was left in the middle: its holder has let its lease run out, or has {@linkplain
     * PlanJournal#handOff handed it over}. A plan that was released is never among them, whatever is left to do of it. No two
     * callers get the same.
     *
     * @param region the region it was begun in
     * @param except plans that are not wanted
     * @return the one that was claimed least often, and of those the one known for longest, or empty if there is none; fails with {@link DamagedPlanException} if what
     *     the journal holds of that one is damaged
     */
    Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except);

    /**
     * Looks a plan up without taking it up.
     *
     * @param id the plan
     * @return the plan, or empty if it is not known
     */
    Mono<StoredPlan> find(PlanId id);

    /**
     * Lists the plans, some at a time.
     *
     * @return every plan whose entry is whole, oldest first; fails after the last of them with {@link DamagedPlanException} if an
     *     entry is damaged, with one for each further entry suppressed in it
     */
    Flux<StoredPlan> plans();

    /**
     * Reads a plan's outcomes without taking it up.
     *
     * @param id the plan
     * @param after the place to read on after; 0 reads from the first
     * @return its outcomes in the order in which they were settled, from there on; none if the plan is not known
     */
    Flux<PlacedOutcome> outcomes(PlanId id, long after);

    /**
     * Reads which chunks of a plan were ever refused, without taking it up.
     *
     * @param id the plan
     * @return its refusals in the order in which they were settled, also those of chunks that were {@linkplain
     *     PlanJournal#reopened reopened}; none if the plan is not known
     */
    Flux<Refusal> history(PlanId id);

    /**
     * Reads which chunks of a plan have been sent, or were about to be, and have no outcome yet, whether another process holds
     * the plan or not.
     *
     * @param id the plan
     * @return those chunks by index; none if the plan is not known
     */
    Flux<PendingChunk> sending(PlanId id);

    /**
     * Reads which chunks of a plan are in nobody's hands without taking it up.
     *
     * @param id the plan
     * @return the chunks that were about to be sent when a run broke off; none while somebody holds the plan
     */
    Flux<PendingChunk> pending(PlanId id);

    /**
     * Adds up what is known of a plan without taking it up.
     *
     * @param plan the plan
     * @return its report. A chunk that was sent, or was about to be, and has no response yet counts as sent while the plan is
     *     held, also by a process that is dead and whose lease has not run out; after that it is in doubt
     */
    default Mono<CloneReport> report(StoredPlan plan) {
        // In this order: a chunk that is settled meanwhile is not lost, and it is counted once.
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

    /** {@return completes when the journal is closed; idempotent} */
    Mono<Void> close();

    /**
     * A journal that lives as long as this object: a plan id is bought once within it, and is forgotten with it.
     * Clients may share one: a plan that one of them runs is refused to the others.
     *
     * <p>It takes about 128 MiB of the heap at most: a million instances bought 30 at a time, or 45,000 plans of one instance.
     * When there is no more room, it drops the outcomes of the plans that ended longest ago. Such a plan is unknown to {@link
     * #find}, and {@link #open} refuses it with {@link ForgottenPlanException}: it is not bought again. A new plan is refused
     * with {@link JournalException} when there is no room left for it, or when a million plans have been dropped.
     *
     * @return the journal
     */
    static CloneJournal inMemory() {
        return new MemoryJournal(128 << 20, Clock.systemUTC());
    }

    /**
     * A journal in a database: SQLite for one machine, PostgreSQL for many. Makes its tables on first use. A second process
     * is refused a plan that another holds; a plan whose holder has been silent for {@link #LEASE} may be taken over.
     *
     * <p>A commit must not be lost once it has returned. On PostgreSQL the journal sets {@code synchronous_commit} to {@code
     * on}, unless it is {@code on} or {@code remote_apply} already, and refuses a server with {@code fsync=off}. A standby that
     * may be promoted must be synchronous, that is, named in {@code synchronous_standby_names}: an asynchronous one lacks the
     * youngest commits of the primary when it is promoted, which are the chunks that were just being sent.
     *
     * <p>A database that gives no connection within 10 s, or no response within 10 s, counts as away. A chunk that is about to
     * be sent waits up to 10 s for it, an outcome as long as the lease.
     *
     * @param database where the tables are; the journal keeps one connection of it, and works on one thread of its own
     * @return the journal
     */
    static CloneJournal jdbc(DataSource database) {
        return jdbc(database, LEASE, Duration.ZERO);
    }

    /**
     * A journal in a database, with a choice of how to share plans.
     *
     * @param database where the tables are
     * @param lease how long a plan is held without a sign of life, 1 s or more
     * @param patience how long to wait for a plan that another process holds; zero refuses at once
     * @return the journal
     */
    static CloneJournal jdbc(DataSource database, Duration lease, Duration patience) {
        return jdbc(database, lease, patience, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * A journal in a database, with a choice of time.
     *
     * @param database where the tables are
     * @param lease how long a plan is held without a sign of life, 1 s or more
     * @param patience how long to wait for a plan that another process holds; zero refuses at once
     * @param timer runs renewals and what is tried again later
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the timer
     * @return the journal
     */
    static CloneJournal jdbc(
            DataSource database, Duration lease, Duration patience, Scheduler timer, LongSupplier nanoTime) {
        return new JdbcJournal(database, lease, patience, timer, nanoTime);
    }
}
