package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.LostResponse;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@Isolated
class OutcomeFeedTest {

    private static final int ROUNDS = Integer.getInteger("ramet.meetings", 1_000) * 2;

    private final ClonePlan plan = Fixtures.plan(150);
    private final PlacedOutcome first = new PlacedOutcome(1, new InDoubt(plan.chunk(0), LostResponse.brokenOff()));

    @Test
    @Tag("slow")
    void aStreamEndsWithTheRestThoughItRequestsMoreWhileTheEndIsAnnounced() {
        for (int round = 0; round < ROUNDS; round++) {
            AtomicBoolean firstSeen = new AtomicBoolean();
            OutcomeFeed feed = new OutcomeFeed(
                    plan, firstIsSettled(), after -> Flux.just(first).filter(placed -> placed.place() > after));
            Mono<List<CloneChunk>> chunks = feed.outcomes()
                    .doOnNext(outcome -> firstSeen.set(true))
                    .map(ChunkOutcome::chunk)
                    .collectList()
                    .cache();
            chunks.subscribe(done -> {}, failure -> {});
            feed.announce();
            while (!firstSeen.get()) {
                Thread.onSpinWait();
            }
            // Just now it requests the second.
            feed.end();
            assertThat(chunks.block(Duration.ofSeconds(5)))
                    .isEqualTo(plan.chunks().toList());
        }
    }

    @Test
    void aSubscriberForWhichNoThreadCanStartHoldsUpNoOther() {
        OutcomeFeed feed = new OutcomeFeed(
                plan, firstIsSettled(), after -> Flux.just(first).filter(placed -> placed.place() > after));
        List<Integer> ended = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            int subscriber = i;
            feed.outcomes().subscribe(outcome -> {}, failure -> {}, () -> ended.add(subscriber));
        }
        AtomicBoolean exhausted = new AtomicBoolean(true);
        Schedulers.onScheduleHook("test", task -> {
            if (exhausted.getAndSet(false)) {
                throw new StackOverflowError("instead of OutOfMemoryError, with which the test would end");
            }
            return task;
        });
        try {
            feed.end();
        } finally {
            Schedulers.resetOnScheduleHook("test");
        }
        Fixtures.await(() -> ended.contains(1) && ended.contains(2));
    }

    private RunState firstIsSettled() {
        RunState state = new RunState(plan.size(), new RunState.Limits(40, 3, true));
        BitSet settled = new BitSet();
        settled.set(0);
        state.begin(new Recovered(settled, new BitSet(), List.of(), false));
        return state;
    }
}
