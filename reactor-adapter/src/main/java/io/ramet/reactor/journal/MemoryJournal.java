package io.ramet.reactor.journal;

import io.ramet.json.RequestJson;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A journal in memory, of bounded size. When it is full, it drops the plans that ended longest ago. It keeps a hash of
 * each dropped id, so that the plan is refused.
 */
final class MemoryJournal implements CloneJournal {

    /**
     * Estimates. A chunk of 30 instances was measured at 2.5 kB and one of 100 at 6.7 kB; the size of a plan was not
     * measured.
     */
    private static final int BYTES_PER_PLAN = 2_000;

    private static final int BYTES_PER_CHUNK = 700;
    private static final int BYTES_PER_INSTANCE = 70;
    private static final int MAX_DROPPED = 1_000_000;

    private final RequestJson json = RequestJson.shared();
    private final Map<PlanId, MemoryPlan> plans = new LinkedHashMap<>();
    private final Set<PlanId> ended = new LinkedHashSet<>();
    private final Set<Long> dropped = new HashSet<>();
    private final long maxBytes;
    private final Clock clock;
    private long bytes;

    MemoryJournal(long maxBytes, Clock clock) {
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    @Override
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return Mono.fromCallable(() -> claim(plan, region));
    }

    /** Atomic, because a plan that is being claimed must not be dropped. */
    private synchronized PlanJournal claim(ClonePlan plan, String region) {
        String fingerprint = json.fingerprint(plan);
        MemoryPlan known = plans.get(plan.id());
        if (known == null) {
            known = enter(plan, region, fingerprint);
        }
        if (!known.fingerprint.equals(fingerprint)) {
            throw new PlanConflictException(plan.id());
        }
        return known.open(region);
    }

    private MemoryPlan enter(ClonePlan plan, String region, String fingerprint) {
        PlanId id = plan.id();
        if (dropped.contains(hash(id))) {
            throw new ForgottenPlanException(id);
        }
        int instances = plan.request().goodsNum();
        long size = BYTES_PER_PLAN + (long) BYTES_PER_CHUNK * plan.size() + (long) BYTES_PER_INSTANCE * instances;
        makeRoom(size);
        StoredPlan stored =
                new StoredPlan(id, region, instances, json.writeWithoutPassword(plan.request()), false, false, null);
        MemoryPlan entered = new MemoryPlan(stored, fingerprint, clock, size, () -> ended(id));
        plans.put(id, entered);
        return entered;
    }

    private void makeRoom(long more) {
        Iterator<PlanId> oldest = ended.iterator();
        // For a plan that can never fit, nothing is dropped.
        while (more <= maxBytes && bytes + more > maxBytes && dropped.size() < MAX_DROPPED && oldest.hasNext()) {
            PlanId id = oldest.next();
            oldest.remove();
            MemoryPlan plan = plans.get(id);
            if (plan != null && plan.hasEnded()) {
                plans.remove(id);
                dropped.add(hash(id));
                bytes -= plan.bytes;
            }
        }
        if (bytes + more > maxBytes) {
            throw new JournalException(
                    "the journal in memory is full: " + bytes + " bytes in " + plans.size() + " plans, " + more
                            + " more would exceed " + maxBytes,
                    null);
        }
        bytes += more;
    }

    private synchronized void ended(PlanId id) {
        ended.remove(id);
        ended.add(id);
    }

    private static long hash(PlanId id) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(id.value().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return plan(id).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)))
                .map(plan -> plan.claim(region, false));
    }

    @Override
    public Mono<PlanJournal> openToUndo(PlanId id, String region) {
        return plan(id).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)))
                .map(plan -> plan.openToUndo(region));
    }

    @Override
    public Flux<UndoEntry> undone(PlanId id) {
        return plan(id).flatMapIterable(MemoryPlan::undone);
    }

    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return Mono.defer(() -> Mono.justOrEmpty(abandoned(region, except)));
    }

    private synchronized Optional<ClaimedPlan> abandoned(String region, Set<PlanId> except) {
        return plans.entrySet().stream()
                .filter(entry -> !except.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .filter(plan -> plan.isAbandoned() && plan.stored().region().equals(region))
                .min(Comparator.comparingLong(MemoryPlan::fence))
                .flatMap(MemoryPlan::claimIfAbandoned);
    }

    private Mono<MemoryPlan> plan(PlanId id) {
        return Mono.fromSupplier(() -> known(id)).flatMap(Mono::justOrEmpty);
    }

    private synchronized Optional<MemoryPlan> known(PlanId id) {
        return Optional.ofNullable(plans.get(id));
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return plan(id).map(MemoryPlan::stored);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return Flux.defer(() -> Flux.fromIterable(stored()));
    }

    private synchronized List<StoredPlan> stored() {
        return plans.values().stream().map(MemoryPlan::stored).toList();
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return plan(id).flatMapIterable(plan -> plan.outcomes(after));
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return plan(id).flatMapIterable(MemoryPlan::history);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return plan(id).flatMapIterable(MemoryPlan::sending);
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return plan(id).flatMapIterable(MemoryPlan::pending);
    }

    @Override
    public Mono<Void> disposeLater() {
        return Mono.empty();
    }
}
