package io.ramet.reactor.journal;

import io.ramet.json.OutcomeJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A plan in memory, fenced like one in a database: a claim ends when the next one begins. Thread-safe. */
final class MemoryPlan {

    private static final OutcomeJson OUTCOMES = new OutcomeJson();

    private final StoredPlan plan;
    final String fingerprint;
    private final Clock clock;
    final long bytes;
    private final Runnable ended;
    private final Map<Integer, PendingChunk> sending = new TreeMap<>();
    private final Map<Integer, Long> places = new HashMap<>();
    private final NavigableMap<Long, PlacedOutcome> outcomes = new TreeMap<>();
    private final List<Refusal> history = new ArrayList<>();
    private final Map<String, UndoEntry> undone = new TreeMap<>();
    private final Map<String, Instant> undoneAt = new HashMap<>();
    private long lastPlace;
    private boolean held;
    private PlanProgress progress = PlanProgress.ENDED;
    private long fence;
    private @Nullable Instant firstSent;

    /** {@code bytes} is its estimated size; {@code ended} is called whenever it is released. */
    MemoryPlan(StoredPlan plan, String fingerprint, Clock clock, long bytes, Runnable ended) {
        this.plan = plan;
        this.fingerprint = fingerprint;
        this.clock = clock;
        this.bytes = bytes;
        this.ended = ended;
    }

    synchronized long fence() {
        return fence;
    }

    synchronized StoredPlan stored() {
        boolean underway = progress != PlanProgress.ENDED;
        return new StoredPlan(plan.id(), plan.region(), plan.goodsNum(), plan.request(), held, underway, firstSent);
    }

    synchronized boolean hasEnded() {
        return progress == PlanProgress.ENDED && !held && sending.isEmpty();
    }

    synchronized boolean isAbandoned() {
        return progress != PlanProgress.ENDED && !held;
    }

    synchronized PlanJournal open(String region) {
        if (undone.values().stream().anyMatch(UndoEntry::isUndone)) {
            throw new PlanUndoneException(plan.id());
        }
        return claim(region, true);
    }

    synchronized PlanJournal openToUndo(String region) {
        PlanJournal claimed = claim(region, false);
        progress = PlanProgress.ENDED;
        return claimed;
    }

    synchronized List<UndoEntry> undone() {
        Instant now = clock.instant();
        return undone.values().stream()
                .map(entry -> new UndoEntry(
                        entry.instanceId(),
                        entry.step(),
                        entry.reference(),
                        Duration.between(undoneAt.getOrDefault(entry.instanceId(), now), now)))
                .toList();
    }

    private void undo(UndoEntry entry) {
        undone.put(entry.instanceId(), entry);
        undoneAt.put(entry.instanceId(), clock.instant());
    }

    synchronized PlanJournal claim(String region, boolean toRun) {
        PlanConflictException.unlessSameRegion(plan.id(), plan.region(), region);
        if (held) {
            throw new PlanBusyException(plan.id(), "another run in this process");
        }
        held = true;
        if (toRun && progress == PlanProgress.ENDED) {
            progress = PlanProgress.BEGUN;
        }
        BitSet settled = new BitSet();
        places.keySet().forEach(settled::set);
        Recovered known = new Recovered(settled, standing(Instant.MIN), sending(), progress == PlanProgress.HANDED_OFF);
        return new HeldPlan(this, ++fence, known, toRun);
    }

    synchronized Optional<ClaimedPlan> claimIfAbandoned() {
        return isAbandoned() ? Optional.of(new ClaimedPlan(stored(), claim(plan.region(), true))) : Optional.empty();
    }

    synchronized List<PendingChunk> sending() {
        return List.copyOf(sending.values());
    }

    synchronized List<PendingChunk> pending() {
        return held ? List.of() : sending();
    }

    synchronized List<Refusal> history() {
        return List.copyOf(history);
    }

    synchronized List<PlacedOutcome> outcomes(long after) {
        return List.copyOf(outcomes.tailMap(after, false).values());
    }

    synchronized BitSet refusedWithin(Duration age) {
        return standing(clock.instant().minus(age));
    }

    private BitSet standing(Instant since) {
        BitSet chunks = new BitSet();
        history.stream()
                .filter(refusal -> refusal.reopenedAt() == null
                        && refusal.settledAt() != null
                        && refusal.settledAt().isAfter(since))
                .forEach(refusal -> chunks.set(refusal.outcome().chunk().index()));
        return chunks;
    }

    private void send(CloneChunk chunk, long timestamp) {
        if (places.containsKey(chunk.index())) {
            throw JournalException.alreadySettled(chunk);
        }
        sending.put(chunk.index(), new PendingChunk(chunk, timestamp, null));
        firstSent = firstSent == null ? Instant.ofEpochSecond(timestamp) : firstSent;
    }

    private void withdraw(CloneChunk chunk) {
        if (sending.remove(chunk.index()) == null) {
            throw JournalException.notAsWritten(chunk, "withdrawn");
        }
    }

    private void respond(ChunkOutcome outcome) {
        int index = outcome.chunk().index();
        PendingChunk sent = sending.get(index);
        if (!places.containsKey(index)) {
            sending.put(index, new PendingChunk(outcome.chunk(), sent == null ? 0 : sent.timestamp(), outcome));
        }
    }

    private void settle(ChunkOutcome outcome) {
        int index = outcome.chunk().index();
        PendingChunk sent = sending.remove(index);
        Long place = places.get(index);
        PlacedOutcome placed = place == null ? null : outcomes.get(place);
        ChunkOutcome before = placed == null ? null : placed.outcome();
        if (before != null && !before.open()) {
            if (!before.equals(outcome) && !OUTCOMES.write(before).equals(OUTCOMES.write(outcome))) {
                throw JournalException.settledTwice(before, outcome);
            }
            return;
        }
        long at = place == null ? ++lastPlace : place;
        places.put(index, at);
        Instant sentAt = sent == null || sent.timestamp() == 0 ? null : Instant.ofEpochSecond(sent.timestamp());
        outcomes.put(at, new PlacedOutcome(at, outcome, placed == null ? sentAt : placed.sentAt()));
        if (outcome instanceof NotCloned refused) {
            history.add(new Refusal(refused, clock.instant(), null));
        }
    }

    private void reopen(CloneChunk chunk) {
        Long place = places.get(chunk.index());
        if (place == null) {
            return;
        }
        PlacedOutcome placed = outcomes.get(place);
        if (placed == null || !(placed.outcome() instanceof NotCloned refused)) {
            throw JournalException.notReopened(chunk);
        }
        outcomes.remove(place);
        places.remove(chunk.index());
        history.replaceAll(
                refusal -> refusal.reopenedAt() == null && refusal.outcome().equals(refused)
                        ? new Refusal(refused, refusal.settledAt(), clock.instant())
                        : refusal);
    }

    private synchronized boolean change(long number, Runnable change) {
        if (number != fence) {
            return false;
        }
        change.run();
        return true;
    }

    private Mono<Void> release(long number, @Nullable PlanProgress reached) {
        return Mono.fromRunnable(() -> {
            change(number, () -> {
                held = false;
                progress = reached == null ? progress : reached;
            });
            ended.run();
        });
    }

    /** The plan, held by one run until it is released. */
    private record HeldPlan(MemoryPlan plan, long fence, Recovered known, boolean toRun) implements PlanJournal {

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return write(() -> plan.send(chunk, timestamp));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return write(() -> plan.withdraw(chunk));
        }

        @Override
        public Mono<Void> responded(ChunkOutcome outcome) {
            return write(() -> plan.respond(outcome));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return write(() -> plan.settle(outcome));
        }

        @Override
        public Mono<Void> reopened(CloneChunk chunk) {
            return write(() -> plan.reopen(chunk));
        }

        @Override
        public Mono<Void> undo(UndoEntry entry) {
            return write(() -> plan.undo(entry));
        }

        private Mono<Void> write(Runnable change) {
            return Mono.fromRunnable(() -> {
                if (!plan.change(fence, change)) {
                    throw new JournalException("plan " + plan.plan.id() + " has been taken over by another run", null);
                }
            });
        }

        @Override
        public Mono<BitSet> refusedWithin(Duration age) {
            return Mono.fromSupplier(() -> plan.refusedWithin(age));
        }

        @Override
        public Flux<PlacedOutcome> outcomes(long after) {
            return Flux.defer(() -> Flux.fromIterable(plan.outcomes(after)));
        }

        /** Never emits, because no other process has access to the plan. */
        @Override
        public Mono<Void> lost() {
            return Mono.never();
        }

        @Override
        public Mono<Void> release() {
            return plan.release(fence, toRun ? PlanProgress.ENDED : null);
        }

        @Override
        public Mono<Void> handOff() {
            return plan.release(fence, toRun ? PlanProgress.HANDED_OFF : null);
        }
    }
}
