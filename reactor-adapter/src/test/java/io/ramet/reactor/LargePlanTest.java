package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UndoEntry;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * I9, and no stack that grows: tens of thousands of chunks through a transport, a shaper and a journal that respond at
 * once. {@code -Dramet.chunks} sends more.
 */
@Tag("slow")
class LargePlanTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CHUNKS = Integer.getInteger("ramet.chunks", 10_000);
    /** A tenth of what the outcomes would take. */
    private static final long FEW_BYTES = 84L * CHUNKS;

    private final ClonePlan plan = Fixtures.plan("large", CHUNKS * 30);
    private final CloneClient client = client(plan);

    /** Objects that are made once in a process are not the plan's. */
    @BeforeEach
    void warmUp() {
        ClonePlan small = Fixtures.plan("small", 3_000);
        try (CloneClient other = client(small)) {
            other.clone(small).blockLast(PATIENCE);
        }
    }

    private static CloneClient client(ClonePlan plan) {
        Order journal = new Order(plan);
        return HardeningTest.client(
                new Ledger((call, books) -> call.map(Ledger::unrecorded)),
                builder -> builder.journal(new PassingJournal(opened -> Mono.just(journal))));
    }

    @Test
    @Tag("once")
    void aFastSubscriberCostsNoMemoryPerChunk() {
        AtomicInteger emitted = new AtomicInteger();
        // The least of ten moments each, because up to three pages of outcomes are on their way at one moment. Both
        // contain the memory that a run takes whatever its length is.
        AtomicLong early = new AtomicLong(Long.MAX_VALUE);
        AtomicLong late = new AtomicLong(Long.MAX_VALUE);
        client.clone(plan)
                .doOnNext(outcome -> {
                    int number = emitted.incrementAndGet();
                    boolean first = number <= CHUNKS / 10;
                    if ((first || number >= CHUNKS * 9 / 10) && number % (CHUNKS / 100) == 0) {
                        (first ? early : late).accumulateAndGet(used(), Math::min);
                    }
                })
                .blockLast(PATIENCE);
        assertThat(emitted).hasValue(CHUNKS);
        assertThat(late.get() - early.get())
                .as("for eight tenths of the chunks")
                .isLessThan(FEW_BYTES * 8 / 10);
        client.close();
    }

    @Test
    @Tag("soak")
    void aSlowSubscriberCostsNoMemoryPerChunkAndHoldsUpNoOther() {
        AtomicInteger emitted = new AtomicInteger();
        Sinks.Empty<Void> begun = Sinks.empty();
        Sinks.Empty<Void> ended = Sinks.empty();
        BaseSubscriber<ChunkOutcome> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(10);
            }

            @Override
            protected void hookOnNext(ChunkOutcome outcome) {
                if (emitted.incrementAndGet() == 10) {
                    begun.tryEmitEmpty();
                }
            }

            @Override
            protected void hookOnComplete() {
                ended.tryEmitEmpty();
            }
        };
        long before = used();
        client.clone(plan).subscribe(slow);
        begun.asMono().block(PATIENCE);
        assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        assertThat(used() - before).isLessThan(FEW_BYTES);
        assertThat(emitted).hasValue(10);
        slow.requestUnbounded();
        ended.asMono().block(PATIENCE);
        assertThat(emitted).hasValue(CHUNKS);
        client.close();
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    /** Keeps the order of settling, in memory allocated beforehand, and recreates outcomes when they are read. */
    private static final class Order implements PlanJournal {
        private final ClonePlan plan;
        private final int[] order;
        private int settled;

        public Order(ClonePlan plan) {
            this.plan = plan;
            this.order = new int[plan.size()];
        }

        @Override
        public Recovered known() {
            return new Recovered(new BitSet(), new BitSet(), List.of(), false);
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> responded(ChunkOutcome outcome) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return Mono.fromRunnable(() -> {
                synchronized (this) {
                    order[settled++] = outcome.chunk().index();
                }
            });
        }

        @Override
        public Mono<Void> reopened(CloneChunk chunk) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> undo(UndoEntry entry) {
            return Mono.empty();
        }

        @Override
        public Mono<BitSet> refusedWithin(Duration age) {
            return Mono.just(new BitSet());
        }

        @Override
        public Mono<Void> lost() {
            return Mono.never();
        }

        @Override
        public Flux<PlacedOutcome> outcomes(long after) {
            return Flux.defer(() -> {
                int end;
                synchronized (this) {
                    end = settled;
                }
                int first = (int) after;
                return Flux.range(first, end - first)
                        .map(place -> new PlacedOutcome(place + 1L, outcome(plan.chunk(order[place]))));
            });
        }

        private static ChunkOutcome outcome(CloneChunk chunk) {
            List<String> ids = IntStream.range(0, chunk.goodsNum())
                    .mapToObj(i -> chunk.instanceName() + i)
                    .toList();
            return new Cloned(chunk, new Deal("deal", null, ids, null));
        }

        @Override
        public Mono<Void> release() {
            return Mono.empty();
        }

        @Override
        public Mono<Void> handOff() {
            return release();
        }
    }
}
