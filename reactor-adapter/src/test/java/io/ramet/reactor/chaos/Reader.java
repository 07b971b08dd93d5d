package io.ramet.reactor.chaos;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A subscriber of a plan that remembers what it received, until its process is killed. */
final class Reader extends BaseSubscriber<ChunkOutcome> {

    final ClonePlan plan;
    final Map<Integer, ChunkOutcome> outcomes = new TreeMap<>();
    final List<ChunkOutcome> twice = new ArrayList<>();

    @Nullable
    Throwable failure;

    boolean completed;
    private final long demand;
    private final Supplier<Boolean> alive;
    private final BiConsumer<Reader, ChunkOutcome> received;

    Reader(ClonePlan plan, long demand, Supplier<Boolean> alive, BiConsumer<Reader, ChunkOutcome> received) {
        this.plan = plan;
        this.demand = demand;
        this.alive = alive;
        this.received = received;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(demand);
    }

    @Override
    protected void hookOnNext(ChunkOutcome outcome) {
        if (alive.get()) {
            if (outcomes.put(outcome.chunk().index(), outcome) != null) {
                twice.add(outcome);
            }
            received.accept(this, outcome);
        }
    }

    @Override
    protected void hookOnComplete() {
        completed = alive.get();
    }

    @Override
    protected void hookOnError(Throwable thrown) {
        if (alive.get()) {
            failure = thrown;
        }
    }

    /** Whether it still waits for its end. */
    boolean waits() {
        return alive.get() && !completed && failure == null && !isDisposed() && demand == Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        return plan.id() + " " + outcomes.values() + (completed ? " completed" : " ") + failure;
    }
}
