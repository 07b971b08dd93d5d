package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The claims of one journal, all renewed by one statement. A plan that the statement does not find was claimed by
 * another process, so its run is ended. A claim that only the database has, because its commit seemed to fail, is
 * disowned, so that it expires.
 */
final class LeaseRenewal {

    private static final Logger log = LoggerFactory.getLogger(LeaseRenewal.class);

    private final Map<PlanId, JdbcPlanJournal> held = new ConcurrentHashMap<>();
    private final Database database;
    private final PlanTable plans;
    private final Duration length;
    private final Scheduler timer;
    /** Used by the database's thread only. */
    private boolean renewing;

    LeaseRenewal(Database database, PlanTable plans, Duration length, Scheduler timer) {
        this.database = database;
        this.plans = plans;
        this.length = length;
        this.timer = timer;
    }

    /** Called on the database's thread, just after the commit, because a renewal in between would disown the claim. */
    JdbcPlanJournal begin(JdbcPlanJournal plan) {
        if (!renewing) {
            Flux.interval(length.dividedBy(3), timer)
                    .takeUntilOther(database.closing())
                    .onBackpressureDrop()
                    .concatMap(tick -> held.isEmpty() ? Mono.empty() : renew(), 1)
                    .subscribe();
            // Not earlier: if the timer cannot start, this claim fails, and the next one starts it.
            renewing = true;
        }
        held.put(plan.id(), plan);
        return plan;
    }

    /**
     * Ends an earlier claim of a plan that is being claimed, if its number is not lower: a restored database assigns
     * numbers again, and the fence cannot distinguish two claims of one journal with the same number. Called on the
     * database's thread, in the transaction of the new claim.
     */
    void supersede(PlanId id, long number) {
        JdbcPlanJournal before = held.get(id);
        if (before != null && before.fence() >= number) {
            log.warn("{}", before.lose().getMessage());
        }
    }

    void end(JdbcPlanJournal plan) {
        held.remove(plan.id(), plan);
    }

    private Mono<Map<PlanId, Long>> renew() {
        return database.write("renew the leases", this::renew, this::noticeLost)
                .doOnError(failure -> log.warn("{}", failure.getMessage()))
                // Even if the log has failed: no plan would be renewed again.
                .onErrorComplete();
    }

    private Map<PlanId, Long> renew(Transaction transaction) throws SQLException {
        Map<PlanId, Long> renewed = plans.renewAll(transaction);
        for (PlanId id : renewed.keySet()) {
            if (!held.containsKey(id)) {
                plans.disown(transaction, id);
            }
        }
        return renewed;
    }

    /** Called on the database's thread, before the next claim. */
    private Map<PlanId, Long> noticeLost(Map<PlanId, Long> renewed) {
        for (JdbcPlanJournal plan : held.values()) {
            Long fence = renewed.get(plan.id());
            if (fence == null || fence != plan.fence()) {
                log.warn("{}", plan.lose().getMessage());
            }
        }
        return renewed;
    }
}
