package io.ramet.reactor.journal;

import io.ramet.json.RequestJson;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanTable.Claimed;
import io.ramet.reactor.journal.PlanTable.Listed;
import io.ramet.reactor.journal.PlanTable.Purpose;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A journal in a database, on {@code java.sql} alone.
 *
 * <p>A plan is held by a lease with a fencing number. A claim raises the number; every write names the number and the
 * owner of its claim, and changes nothing if they are no longer the plan's. Therefore a process that was paused, and
 * wakes up after another process has claimed its plan, cannot write that it is about to send, and does not send.
 */
final class JdbcJournal implements CloneJournal {

    final Database database;
    final PlanTable plans;
    final LeaseRenewal leases;
    final Duration lease;
    final Scheduler timer;
    final LongSupplier nanoTime;
    private final RequestJson json = RequestJson.shared();

    JdbcJournal(Database database, Duration lease, Scheduler timer, LongSupplier nanoTime) {
        String owner = ManagementFactory.getRuntimeMXBean().getName() + "/"
                + UUID.randomUUID().toString().substring(0, 8);
        this.database = database;
        this.plans = new PlanTable(owner, lease);
        this.leases = new LeaseRenewal(database, plans, lease, timer);
        this.lease = lease;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    @Override
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return open(plan, region, Purpose.RUN);
    }

    @Override
    public Mono<PlanJournal> openUnbegun(ClonePlan plan, String region) {
        return open(plan, region, Purpose.RUN_LATER);
    }

    private Mono<PlanJournal> open(ClonePlan plan, String region, Purpose purpose) {
        return claim(plan.id(), transaction -> {
            StoredPlan stored = new StoredPlan(
                    plan.id(),
                    region,
                    plan.request().goodsNum(),
                    json.writeWithoutPassword(plan.request()),
                    false,
                    false,
                    null);
            plans.enter(transaction, stored, json.fingerprint(plan));
            Claimed claimed = plans.claim(transaction, plan.id(), region, purpose);
            if (UndoTable.list(transaction, plan.id()).stream().anyMatch(UndoEntry::isUndone)) {
                throw new PlanUndoneException(plan.id());
            }
            return claimed;
        });
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return claim(id, transaction -> plans.claim(transaction, id, region, Purpose.RECONCILE));
    }

    @Override
    public Mono<PlanJournal> openToUndo(PlanId id, String region) {
        return claim(id, transaction -> plans.claim(transaction, id, region, Purpose.UNDO));
    }

    @Override
    public Flux<UndoEntry> undone(PlanId id) {
        return database.read("read what was undone of plan " + id, transaction -> UndoTable.list(transaction, id))
                .flatMapIterable(entries -> entries);
    }

    private Mono<PlanJournal> claim(PlanId id, Operation.Work<Claimed> claiming) {
        return database.claim(
                        "claim plan " + id, transaction -> held(transaction, claiming.in(transaction)), leases::begin)
                .doOnDiscard(
                        JdbcPlanJournal.class, unwanted -> unwanted.release().subscribe())
                .cast(PlanJournal.class);
    }

    private JdbcPlanJournal held(Transaction transaction, Claimed claimed) throws SQLException {
        PlanId id = claimed.plan().id();
        boolean handedOff = claimed.progress() == PlanProgress.HANDED_OFF;
        leases.supersede(id, claimed.fence());
        Fence fence = new Fence(plans, id, claimed.fence(), claimed.purpose());
        return new JdbcPlanJournal(this, fence, ChunkTable.recovered(transaction, id, handedOff));
    }

    /** An abandoned plan whose claim is about to be committed. */
    private record Found(StoredPlan plan, JdbcPlanJournal held) {}

    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return database.claim(
                        "claim an abandoned plan",
                        transaction -> abandoned(transaction, region, except),
                        found -> found.map(left -> new ClaimedPlan(left.plan(), leases.begin(left.held()))))
                .flatMap(Mono::justOrEmpty);
    }

    private Optional<Found> abandoned(Transaction transaction, String region, Set<PlanId> except) throws SQLException {
        Optional<Claimed> claimed = plans.claimAbandoned(transaction, region, except);
        if (claimed.isEmpty()) {
            return Optional.empty();
        }
        StoredPlan plan = claimed.get().plan();
        try {
            return Optional.of(new Found(plan, held(transaction, claimed.get())));
        } catch (RuntimeException unreadable) {
            throw DamagedPlanException.unreadable(plan.id(), unreadable);
        }
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return database.read("look up plan " + id, transaction -> plans.find(transaction, id))
                .flatMap(Mono::justOrEmpty);
    }

    @Override
    public Mono<Boolean> held(PlanId id) {
        return database.read("look up plan " + id, transaction -> plans.isHeld(transaction, id))
                .flatMap(Mono::justOrEmpty);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return Flux.defer(() -> {
            List<DamagedPlanException> damaged = Collections.synchronizedList(new ArrayList<>());
            Flux<StoredPlan> whole = pages(plans(0, ""), last -> plans(last.number(), last.id()))
                    .mapNotNull(listed -> {
                        if (listed.damage() != null) {
                            damaged.add(listed.damage());
                        }
                        return listed.plan();
                    });
            return Flux.concat(Flux.just(whole, Flux.defer(() -> reported(damaged))));
        });
    }

    private Mono<List<Listed>> plans(long after, String afterId) {
        return database.read("list the plans", transaction -> plans.page(transaction, after, afterId));
    }

    private static Flux<StoredPlan> reported(List<DamagedPlanException> damaged) {
        if (damaged.isEmpty()) {
            return Flux.empty();
        }
        DamagedPlanException first = damaged.get(0);
        damaged.stream().skip(1).forEach(first::addSuppressed);
        return Flux.error(first);
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return pages(page(id, after), last -> page(id, last.place()));
    }

    private Mono<List<PlacedOutcome>> page(PlanId id, long after) {
        return database.read("read the outcomes of plan " + id, transaction -> ChunkTable.page(transaction, id, after));
    }

    /** {@code next} reads the page after an element. */
    private static <T> Flux<T> pages(Mono<List<T>> first, Function<T, Mono<List<T>>> next) {
        return first.expand(
                        page -> page.size() < Transaction.PAGE ? Mono.empty() : next.apply(page.get(page.size() - 1)))
                .concatMapIterable(page -> page, 1);
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return database.read("read the history of plan " + id, transaction -> RefusalTable.history(transaction, id))
                .flatMapIterable(refusals -> refusals);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return database.read(
                        "read what is being sent of plan " + id, transaction -> ChunkTable.pending(transaction, id))
                .flatMapIterable(pending -> pending);
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return database.read("read what plan " + id + " has left unsettled", transaction -> {
                    boolean held = plans.isHeld(transaction, id).orElse(false);
                    return held ? List.<PendingChunk>of() : ChunkTable.pending(transaction, id);
                })
                .flatMapIterable(pending -> pending);
    }

    @Override
    public Mono<Void> disposeLater() {
        return database.disposeLater();
    }
}
