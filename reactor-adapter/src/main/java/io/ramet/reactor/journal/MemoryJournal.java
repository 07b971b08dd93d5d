package io.ramet.reactor.journal;

import io.ramet.json.CloneJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

final class MemoryJournal implements CloneJournal {

    private final CloneJson json = CloneJson.lenient();
    private final Map<PlanId, Entry> plans = new LinkedHashMap<>();
    private final int maxChunks;
    private long chunks;

    MemoryJournal(int maxChunks) {
        this.maxChunks = maxChunks;
    }

    @Override
    public Mono<PlanJournal> open(ClonePlan plan) {
        return Mono.fromCallable(() -> entry(plan));
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id) {
        return Mono.<PlanJournal>defer(() -> Mono.justOrEmpty(entry(id)))
                .switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)));
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id))).map(entry -> entry.plan);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return Flux.defer(() -> Flux.fromIterable(stored()));
    }

    @Override
    public Flux<ChunkOutcome> outcomes(PlanId id) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id))).flatMapMany(entry -> entry.outcomes(0));
    }

    @Override
    public Mono<Void> close() {
        return Mono.empty();
    }

    private synchronized PlanJournal entry(ClonePlan plan) {
        String fingerprint = json.fingerprint(plan);
        Entry known = plans.get(plan.id());
        if (known == null) {
            if (chunks + plan.size() > maxChunks) {
                throw new JournalException(
                        "the journal in memory is full: " + chunks + " chunks, " + plan.size() + " more would exceed "
                                + maxChunks,
                        null);
            }
            chunks += plan.size();
            StoredPlan stored =
                    new StoredPlan(plan.id(), plan.request().goodsNum(), json.writeWithoutPassword(plan.request()));
            known = new Entry(stored, fingerprint);
            plans.put(plan.id(), known);
        }
        if (!known.fingerprint.equals(fingerprint)) {
            throw new PlanConflictException(plan.id());
        }
        return known;
    }

    private synchronized Optional<Entry> entry(PlanId id) {
        return Optional.ofNullable(plans.get(id));
    }

    private synchronized List<StoredPlan> stored() {
        return plans.values().stream().map(entry -> entry.plan).toList();
    }

    private static final class Entry implements PlanJournal {

        private final StoredPlan plan;
        private final String fingerprint;
        private final Map<Integer, Unanswered> sending = new TreeMap<>();
        private final Map<Integer, Integer> places = new TreeMap<>();
        private final List<ChunkOutcome> outcomes = new ArrayList<>();

        Entry(StoredPlan plan, String fingerprint) {
            this.plan = plan;
            this.fingerprint = fingerprint;
        }

        @Override
        public synchronized Known known() {
            BitSet settled = new BitSet();
            places.keySet().forEach(settled::set);
            return new Known(settled, List.copyOf(sending.values()));
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return write(() -> sending.put(chunk.index(), new Unanswered(chunk, timestamp)));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return write(() -> sending.remove(chunk.index()));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return write(() -> settle(outcome));
        }

        private void settle(ChunkOutcome outcome) {
            int index = outcome.chunk().index();
            sending.remove(index);
            Integer place = places.putIfAbsent(index, outcomes.size());
            if (place == null) {
                outcomes.add(outcome);
            } else if (outcomes.get(place) instanceof ChunkOutcome.InDoubt) {
                outcomes.set(place, outcome);
            }
        }

        @Override
        public Flux<ChunkOutcome> outcomes(int skip) {
            return Flux.defer(() -> Flux.fromIterable(from(skip)));
        }

        @Override
        public Mono<Void> release() {
            return Mono.empty();
        }

        private synchronized List<ChunkOutcome> from(int skip) {
            return List.copyOf(outcomes.subList(skip, outcomes.size()));
        }

        private Mono<Void> write(Runnable change) {
            return Mono.fromRunnable(() -> {
                synchronized (this) {
                    change.run();
                }
            });
        }
    }
}
