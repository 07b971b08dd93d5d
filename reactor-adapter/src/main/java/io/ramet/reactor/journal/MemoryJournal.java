package io.ramet.reactor.journal;

import io.ramet.json.OutcomeJson;
import io.ramet.json.RequestJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A journal on the heap, of bounded size. For room, it forgets the plans that ended longest ago; of a plan that is forgotten it
 * keeps a hash of the id, and refuses it.
 */
final class MemoryJournal implements CloneJournal {

    /** Estimates: a chunk of 30 instances was measured at 2.5 kB, one of 100 at 6.7 kB; that of a plan is not measured. */
    private static final int BYTES_PER_PLAN = 2_000;

    private static final int BYTES_PER_CHUNK = 700;
    private static final int BYTES_PER_INSTANCE = 70;
    private static final int MAX_FORGOTTEN = 1_000_000;
    private static final OutcomeJson OUTCOMES = new OutcomeJson();

    private final RequestJson json = RequestJson.shared();
    private final Map<PlanId, Entry> plans = new LinkedHashMap<>();
    private final Set<PlanId> ended = new LinkedHashSet<>();
    private final Set<Long> forgotten = new HashSet<>();
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

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id)))
                .switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)))
                .map(entry -> entry.claim(this, region, false));
    }

    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return Mono.defer(() -> Mono.justOrEmpty(left(region, except)));
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id))).map(Entry::stored);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return Flux.defer(() -> Flux.fromIterable(stored()));
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return known(id).flatMapMany(entry -> entry.outcomes(after));
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return known(id).flatMapIterable(Entry::history);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return known(id).flatMapIterable(Entry::sending);
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return known(id).flatMapIterable(Entry::pending);
    }

    private Mono<Entry> known(PlanId id) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id)));
    }

    @Override
    public Mono<Void> disposeLater() {
        return Mono.empty();
    }

    /** In one step: a plan that is just being claimed must not be dropped. */
    private synchronized PlanJournal claim(ClonePlan plan, String region) {
        return entry(plan, region).claim(this, region, true);
    }

    private Entry entry(ClonePlan plan, String region) {
        String fingerprint = json.fingerprint(plan);
        Entry known = plans.get(plan.id());
        if (known == null) {
            if (forgotten.contains(hash(plan.id()))) {
                throw new ForgottenPlanException(plan.id());
            }
            makeRoom(bytesOf(plan.size(), plan.request().goodsNum()));
            StoredPlan stored = new StoredPlan(
                    plan.id(),
                    region,
                    plan.request().goodsNum(),
                    json.writeWithoutPassword(plan.request()),
                    false,
                    null);
            known = new Entry(
                    stored,
                    fingerprint,
                    clock,
                    bytesOf(plan.size(), plan.request().goodsNum()));
            plans.put(plan.id(), known);
        }
        if (!known.fingerprint.equals(fingerprint)) {
            throw new PlanConflictException(plan.id());
        }
        return known;
    }

    private static long bytesOf(long chunks, long instances) {
        return BYTES_PER_PLAN + BYTES_PER_CHUNK * chunks + BYTES_PER_INSTANCE * instances;
    }

    private void makeRoom(long more) {
        Iterator<PlanId> oldest = ended.iterator();
        while (bytes + more > maxBytes && forgotten.size() < MAX_FORGOTTEN && oldest.hasNext()) {
            Entry entry = plans.get(oldest.next());
            oldest.remove();
            if (entry != null && entry.hasEnded()) {
                plans.remove(entry.plan.id());
                forgotten.add(hash(entry.plan.id()));
                bytes -= entry.bytes;
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

    private synchronized Optional<Entry> entry(PlanId id) {
        return Optional.ofNullable(plans.get(id));
    }

    private synchronized Optional<ClaimedPlan> left(String region, Set<PlanId> except) {
        return plans.values().stream()
                .filter(entry -> entry.plan.region().equals(region) && !except.contains(entry.plan.id()))
                .filter(Entry::isLeft)
                .min(Comparator.comparingLong(Entry::fence))
                .flatMap(entry -> entry.takeIfLeft(this, region));
    }

    private synchronized List<StoredPlan> stored() {
        return plans.values().stream().map(Entry::stored).toList();
    }

    private static final class Entry {

        private final StoredPlan plan;
        private final String fingerprint;
        private final Map<Integer, PendingChunk> sending = new TreeMap<>();
        private final Map<Integer, Long> places = new HashMap<>();
        private final NavigableMap<Long, ChunkOutcome> outcomes = new TreeMap<>();
        private final List<Refusal> history = new ArrayList<>();
        private final Clock clock;
        private final long bytes;
        private long lastPlace;
        private @Nullable Instant firstSent;
        private boolean held;
        /** A run of it was begun, and nobody has ended it. */
        private boolean inProgress;

        private boolean handedOff;

        private long fence;

        Entry(StoredPlan plan, String fingerprint, Clock clock, long bytes) {
            this.bytes = bytes;
            this.plan = plan;
            this.fingerprint = fingerprint;
            this.clock = clock;
        }

        synchronized PlanJournal claim(MemoryJournal journal, String region, boolean toRun) {
            PlanConflictException.unlessSameRegion(plan.id(), plan.region(), region);
            if (held) {
                throw new PlanBusyException(plan.id(), "another run in this process");
            }
            held = true;
            inProgress |= toRun;
            return new HeldPlan(journal, this, ++fence, known(), toRun);
        }

        synchronized StoredPlan stored() {
            return new StoredPlan(plan.id(), plan.region(), plan.goodsNum(), plan.request(), held, firstSent);
        }

        synchronized List<PendingChunk> pending() {
            return held ? List.of() : List.copyOf(sending.values());
        }

        synchronized List<PendingChunk> sending() {
            return List.copyOf(sending.values());
        }

        synchronized List<Refusal> history() {
            return List.copyOf(history);
        }

        private Recovered known() {
            BitSet settled = new BitSet();
            places.keySet().forEach(settled::set);
            return new Recovered(settled, List.copyOf(sending.values()), handedOff);
        }

        private void settle(ChunkOutcome outcome) {
            int index = outcome.chunk().index();
            sending.remove(index);
            Long place = places.get(index);
            ChunkOutcome before = place == null ? null : outcomes.get(place);
            if (before != null && !before.open()) {
                if (!before.equals(outcome) && !OUTCOMES.write(before).equals(OUTCOMES.write(outcome))) {
                    throw JournalException.settledTwice(before, outcome);
                }
                return;
            }
            if (place == null) {
                place = ++lastPlace;
                places.put(index, place);
            }
            outcomes.put(place, outcome);
            if (outcome instanceof NotCloned refused) {
                history.add(new Refusal(refused, clock.instant(), null));
            }
        }

        private void send(CloneChunk chunk, long timestamp) {
            if (places.containsKey(chunk.index())) {
                throw new JournalException(
                        "chunk " + chunk.index() + " of plan " + plan.id()
                                + " already has an outcome in the journal, so it must not be sent",
                        null);
            }
            firstSent = firstSent == null ? Instant.ofEpochSecond(timestamp) : firstSent;
            sending.put(chunk.index(), new PendingChunk(chunk, timestamp, null));
        }

        private void answer(ChunkOutcome outcome) {
            int index = outcome.chunk().index();
            PendingChunk sent = sending.get(index);
            if (!places.containsKey(index)) {
                sending.put(index, new PendingChunk(outcome.chunk(), sent == null ? 0 : sent.timestamp(), outcome));
            }
        }

        private void reopen(CloneChunk chunk) {
            Long place = places.get(chunk.index());
            if (place == null) {
                return;
            }
            if (!(outcomes.get(place) instanceof NotCloned refused)) {
                throw new JournalException(
                        "chunk " + chunk.index() + " of plan " + plan.id()
                                + " was bought or is in doubt, and cannot be sent again",
                        null);
            }
            outcomes.remove(place);
            places.remove(chunk.index());
            history.replaceAll(
                    refusal -> refusal.reopenedAt() == null && refusal.outcome().equals(refused)
                            ? new Refusal(refused, refusal.settledAt(), clock.instant())
                            : refusal);
        }

        synchronized BitSet refusedWithin(Duration age) {
            Instant since = clock.instant().minus(age);
            BitSet recent = new BitSet();
            history.stream()
                    .filter(refusal -> refusal.reopenedAt() == null)
                    .filter(refusal ->
                            refusal.settledAt() != null && refusal.settledAt().isAfter(since))
                    .forEach(refusal -> recent.set(refusal.outcome().chunk().index()));
            return recent;
        }

        Flux<PlacedOutcome> outcomes(long after) {
            return Flux.defer(() -> Flux.fromIterable(from(after)));
        }

        synchronized boolean hasEnded() {
            return !inProgress && !held && sending.isEmpty();
        }

        synchronized boolean isLeft() {
            return inProgress && !held;
        }

        synchronized long fence() {
            return fence;
        }

        synchronized Optional<ClaimedPlan> takeIfLeft(MemoryJournal journal, String region) {
            return isLeft() ? Optional.of(new ClaimedPlan(stored(), claim(journal, region, true))) : Optional.empty();
        }

        private synchronized List<PlacedOutcome> from(long after) {
            return outcomes.tailMap(after, false).entrySet().stream()
                    .map(placed -> new PlacedOutcome(placed.getKey(), placed.getValue()))
                    .toList();
        }

        private synchronized boolean change(long number, Runnable change) {
            if (number != fence) {
                return false;
            }
            change.run();
            return true;
        }

        private void end() {
            held = false;
            inProgress = false;
            handedOff = false;
        }

        private void leave(boolean byARun) {
            held = false;
            handedOff |= byARun;
        }
    }

    /** The plan in the hands of one run, until another has taken it up. */
    private record HeldPlan(MemoryJournal journal, Entry entry, long fence, Recovered known, boolean toRun)
            implements PlanJournal {

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return write(() -> entry.send(chunk, timestamp));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return write(() -> entry.sending.remove(chunk.index()));
        }

        @Override
        public Mono<Void> answered(ChunkOutcome outcome) {
            return write(() -> entry.answer(outcome));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return write(() -> entry.settle(outcome));
        }

        @Override
        public Mono<Void> reopened(CloneChunk chunk) {
            return write(() -> entry.reopen(chunk));
        }

        @Override
        public Mono<BitSet> refusedWithin(Duration age) {
            return Mono.fromSupplier(() -> entry.refusedWithin(age));
        }

        @Override
        public Flux<PlacedOutcome> outcomes(long after) {
            return entry.outcomes(after);
        }

        /** No other process can get at it. */
        @Override
        public Mono<Void> lost() {
            return Mono.never();
        }

        @Override
        public Mono<Void> release() {
            return Mono.fromRunnable(() -> {
                entry.change(fence, toRun ? entry::end : () -> entry.leave(false));
                journal.ended(entry.plan.id());
            });
        }

        @Override
        public Mono<Void> handOff() {
            return Mono.fromRunnable(() -> entry.change(fence, () -> entry.leave(toRun)));
        }

        private Mono<Void> write(Runnable change) {
            return Mono.fromRunnable(() -> {
                if (!entry.change(fence, change)) {
                    throw new JournalException("plan " + entry.plan.id() + " has been taken over by another run", null);
                }
            });
        }
    }
}
