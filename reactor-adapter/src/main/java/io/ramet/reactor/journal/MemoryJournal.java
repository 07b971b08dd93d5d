package io.ramet.reactor.journal;

import io.ramet.json.CloneJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.Known;
import io.ramet.reactor.journal.PlanJournal.Unsettled;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return Mono.fromCallable(() -> entry(plan, region).takeUp(region, true));
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id)))
                .switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)))
                .map(entry -> entry.takeUp(region, false));
    }

    @Override
    public Mono<LeftPlan> takeLeft(String region, Set<PlanId> except) {
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
    public Flux<ChunkOutcome> outcomes(PlanId id, int skip) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id))).flatMapMany(entry -> entry.outcomes(skip));
    }

    @Override
    public Flux<Unsettled> unsettled(PlanId id) {
        return Mono.defer(() -> Mono.justOrEmpty(entry(id))).flatMapIterable(Entry::unsettled);
    }

    @Override
    public Mono<Void> close() {
        return Mono.empty();
    }

    private synchronized Entry entry(ClonePlan plan, String region) {
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
            StoredPlan stored = new StoredPlan(
                    plan.id(), region, plan.request().goodsNum(), json.writeWithoutPassword(plan.request()), false);
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

    private synchronized Optional<LeftPlan> left(String region, Set<PlanId> except) {
        return plans.values().stream()
                .filter(entry -> entry.plan.region().equals(region) && !except.contains(entry.plan.id()))
                .flatMap(entry -> entry.takeIfLeft(region).stream())
                .findFirst();
    }

    private synchronized List<StoredPlan> stored() {
        return plans.values().stream().map(Entry::stored).toList();
    }

    private static final class Entry {

        private final StoredPlan plan;
        private final String fingerprint;
        private final Map<Integer, Unsettled> sending = new TreeMap<>();
        private final Map<Integer, Integer> places = new TreeMap<>();
        private final List<ChunkOutcome> outcomes = new ArrayList<>();
        private boolean held;
        /** A run of it was begun, and nobody has ended it. */
        private boolean underway;

        private boolean handedOver;

        private long fence;

        Entry(StoredPlan plan, String fingerprint) {
            this.plan = plan;
            this.fingerprint = fingerprint;
        }

        synchronized PlanJournal takeUp(String region, boolean toRun) {
            PlanConflictException.unlessSameRegion(plan.id(), plan.region(), region);
            if (held) {
                throw new PlanBusyException(plan.id(), "another run in this process");
            }
            held = true;
            underway |= toRun;
            return new TakenUp(this, ++fence, known(), toRun);
        }

        synchronized StoredPlan stored() {
            return new StoredPlan(plan.id(), plan.region(), plan.goodsNum(), plan.request(), held);
        }

        synchronized List<Unsettled> unsettled() {
            return held ? List.of() : List.copyOf(sending.values());
        }

        private Known known() {
            BitSet settled = new BitSet();
            places.keySet().forEach(settled::set);
            return new Known(settled, List.copyOf(sending.values()), handedOver);
        }

        private void settle(ChunkOutcome outcome) {
            int index = outcome.chunk().index();
            sending.remove(index);
            Integer place = places.putIfAbsent(index, outcomes.size());
            if (place == null) {
                outcomes.add(outcome);
            } else if (outcomes.get(place).open()) {
                outcomes.set(place, outcome);
            }
        }

        Flux<ChunkOutcome> outcomes(int skip) {
            return Flux.defer(() -> Flux.fromIterable(from(skip)));
        }

        synchronized Optional<LeftPlan> takeIfLeft(String region) {
            return underway && !held ? Optional.of(new LeftPlan(stored(), takeUp(region, true))) : Optional.empty();
        }

        private synchronized List<ChunkOutcome> from(int skip) {
            return List.copyOf(outcomes.subList(skip, outcomes.size()));
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
            underway = false;
            handedOver = false;
        }

        private void leave(boolean byARun) {
            held = false;
            handedOver |= byARun;
        }
    }

    /** The plan in the hands of one run, until another has taken it up. */
    private record TakenUp(Entry entry, long fence, Known known, boolean toRun) implements PlanJournal {

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return write(() -> entry.sending.put(chunk.index(), new Unsettled(chunk, timestamp, null)));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return write(() -> entry.sending.remove(chunk.index()));
        }

        @Override
        public Mono<Void> answered(ChunkOutcome outcome) {
            return write(() -> entry.sending.computeIfPresent(
                    outcome.chunk().index(), (index, sent) -> new Unsettled(sent.chunk(), sent.timestamp(), outcome)));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return write(() -> entry.settle(outcome));
        }

        @Override
        public Flux<ChunkOutcome> outcomes(int skip) {
            return entry.outcomes(skip);
        }

        @Override
        public Mono<Void> release() {
            return Mono.fromRunnable(() -> entry.change(fence, toRun ? entry::end : () -> entry.leave(false)));
        }

        @Override
        public Mono<Void> handOver() {
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
