package io.ramet.reactor.journal;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.Unsettled;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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
     * PlanJournal#handOver handed it over}. A plan that was released is never among them, whatever is left to do of it. No two
     * callers get the same.
     *
     * @param region the region it was begun in
     * @param except plans that are not wanted
     * @return the one that has been known for longest, or empty if there is none; fails with {@link DamagedPlanException} if what
     *     the journal holds of that one is damaged
     */
    Mono<LeftPlan> takeLeft(String region, Set<PlanId> except);

    /**
     * Looks a plan up without taking it up.
     *
     * @param id the plan
     * @return the plan, or empty if it is not known
     */
    Mono<StoredPlan> find(PlanId id);

    /** {@return every plan, oldest first} */
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
    Flux<Unsettled> sending(PlanId id);

    /**
     * Reads which chunks of a plan are in nobody's hands without taking it up.
     *
     * @param id the plan
     * @return the chunks that were about to be sent when a run broke off; none while somebody holds the plan
     */
    Flux<Unsettled> unsettled(PlanId id);

    /**
     * Adds up what is known of a plan without taking it up.
     *
     * @param plan the plan
     * @return its report; a chunk that was about to be sent when a run broke off is in doubt
     */
    default Mono<CloneReport> report(StoredPlan plan) {
        // In this order: a chunk that is settled meanwhile is counted once at most.
        return Flux.concat(
                        Flux.just(
                                outcomes(plan.id(), 0).map(PlacedOutcome::outcome),
                                unsettled(plan.id()).map(Unsettled::soFar)))
                .reduce(CloneReport.of(plan.id(), plan.goodsNum()), CloneReport::plus);
    }

    /** {@return completes when the journal is closed; idempotent} */
    Mono<Void> close();

    /**
     * A journal that lives as long as this object: a plan id is bought once within it, and is forgotten with it.
     * Clients may share one: a plan that one of them runs is refused to the others.
     *
     * @return the journal, good for a million chunks; it refuses a new plan past that rather than forget an old one
     */
    static CloneJournal inMemory() {
        return new MemoryJournal(1_000_000, Clock.systemUTC());
    }

    /**
     * A journal in a database: SQLite for one machine, PostgreSQL for many. Makes its tables on first use. A second process
     * is refused a plan that another holds; a plan whose holder has been silent for {@link #LEASE} may be taken over.
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
        return new JdbcJournal(database, lease, patience);
    }
}
