package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.Database.Transaction;
import java.lang.management.ManagementFactory;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The claims of one journal, and the one statement that renews them all. A plan that the statement does not find is in other
 * hands, and its run is ended. A claim that the database has and this journal has not, because its commit seemed to fail, is
 * disowned, so that it runs out.
 */
final class Leases {

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    private final String owner = ManagementFactory.getRuntimeMXBean().getName() + "/"
            + UUID.randomUUID().toString().substring(0, 8);
    private final Map<PlanId, JdbcPlanJournal> held = new ConcurrentHashMap<>();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final Database database;
    private final Duration length;
    private final Scheduler timer;
    private final LongSupplier nanoTime;

    Leases(Database database, Duration length, Scheduler timer, LongSupplier nanoTime) {
        this.database = database;
        this.length = length;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    String owner() {
        return owner;
    }

    Duration length() {
        return length;
    }

    Scheduler timer() {
        return timer;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** On the database's thread, just after the commit: a renewal in between would disown it. */
    JdbcPlanJournal begin(JdbcPlanJournal plan) {
        held.put(plan.id(), plan);
        if (renewing.compareAndSet(false, true)) {
            Flux.interval(length.dividedBy(3), timer)
                    .takeUntilOther(database.closed())
                    .onBackpressureDrop()
                    .concatMap(tick -> held.isEmpty() ? Mono.empty() : renew(), 1)
                    .subscribe();
        }
        return plan;
    }

    void end(JdbcPlanJournal plan) {
        held.remove(plan.id(), plan);
    }

    private Mono<Integer> renew() {
        return database.write("renew the leases", this::renew, this::noticeLost).onErrorResume(failure -> {
            log.warn("{}", failure.getMessage());
            return Mono.empty();
        });
    }

    /** {@return the fencing numbers of the plans that it has renewed} */
    private Map<String, Long> renew(Transaction transaction) throws SQLException {
        Map<String, Long> renewed = new HashMap<>();
        try (PreparedStatement renewal = transaction.prepare(
                        "UPDATE ramet_plan SET lease_until = $now + ? WHERE owner = ? RETURNING plan_id, fence",
                        length.toMillis(),
                        owner);
                ResultSet row = renewal.executeQuery()) {
            while (row.next()) {
                renewed.put(row.getString(1), row.getLong(2));
            }
        }
        for (String id : renewed.keySet()) {
            if (!held.containsKey(PlanId.of(id))) {
                transaction.update("UPDATE ramet_plan SET owner = '' WHERE plan_id = ? AND owner = ?", id, owner);
            }
        }
        return renewed;
    }

    /** On the database's thread, before the next claim; {@return how many claims are lost} */
    private int noticeLost(Map<String, Long> renewed) {
        int lost = 0;
        for (JdbcPlanJournal plan : held.values()) {
            Long fence = renewed.get(plan.id().value());
            if (fence == null || fence != plan.fence()) {
                log.warn("{}", plan.taken().getMessage());
                lost++;
            }
        }
        return lost;
    }
}
