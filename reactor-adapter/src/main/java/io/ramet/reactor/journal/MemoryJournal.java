package io.ramet.reactor.journal;

import io.ramet.json.CloneJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

final class MemoryJournal implements CloneJournal {

    private final CloneJson json = CloneJson.lenient();
    private final Map<PlanId, Entry> plans = new HashMap<>();
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
            known = new Entry(fingerprint);
            plans.put(plan.id(), known);
        }
        if (!known.fingerprint.equals(fingerprint)) {
            throw new PlanConflictException(plan.id());
        }
        return known;
    }

    private static final class Entry implements PlanJournal {

        private final String fingerprint;
        private final BitSet settled = new BitSet();
        private final BitSet sending = new BitSet();
        private final List<ChunkOutcome> outcomes = new ArrayList<>();

        Entry(String fingerprint) {
            this.fingerprint = fingerprint;
        }

        @Override
        public synchronized BitSet settled() {
            return (BitSet) settled.clone();
        }

        @Override
        public synchronized BitSet unanswered() {
            return (BitSet) sending.clone();
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return write(() -> sending.set(chunk.index()));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return write(() -> sending.clear(chunk.index()));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return write(() -> {
                int index = outcome.chunk().index();
                sending.clear(index);
                settled.set(index);
                outcomes.add(outcome);
            });
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
