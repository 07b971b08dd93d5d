package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.LostResponse;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Meeting;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Three threads meet in what a run shares among threads. {@code -Dramet.meetings=N} lets them meet more often. */
@Tag("slow")
class RunMeetingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int ROUNDS = Integer.getInteger("ramet.meetings", 1_000);

    private final Meeting threads = new Meeting(3);

    @AfterEach
    void stop() {
        threads.close();
    }

    @Test
    void requestsQueueAtTheShaperOneAtATimeThoughOthersComeOrAreCancelledJustThen() throws Exception {
        OneAtATime shaper = new OneAtATime();
        for (int round = 0; round < ROUNDS; round++) {
            ShaperLanes lanes = new ShaperLanes(shaper);
            RequestShaper first = lanes.lane(() -> 0);
            RequestShaper second = lanes.lane(() -> 0);
            AtomicInteger done = new AtomicInteger();
            threads.of(
                    round,
                    () -> first.shape(Mono.fromRunnable(done::incrementAndGet)).block(PATIENCE),
                    () -> second.shape(Mono.fromRunnable(done::incrementAndGet)).block(PATIENCE),
                    () -> {
                        Disposable leaving = first.shape(Mono.empty()).subscribe();
                        leaving.dispose();
                        return null;
                    });
            assertThat(done).as("round %d", round).hasValue(2);
            assertThat(first.shape(Mono.just(round)).block(PATIENCE)).isEqualTo(round);
        }
        assertThat(shaper.most()).isOne();
    }

    @Test
    void aSubscriberReadsEveryOutcomeOnceAndTheEndThoughBothAreAnnouncedJustThen() throws Exception {
        ClonePlan plan = Fixtures.plan(60);
        List<ChunkOutcome> all = plan.chunks()
                .<ChunkOutcome>map(chunk -> new InDoubt(chunk, LostResponse.brokenOff()))
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            RunState state = new RunState(plan.size(), new RunState.Limits(40, 3, true));
            state.begin(new Recovered(
                    new BitSet(),
                    new BitSet(),
                    all.stream()
                            .map(outcome -> new PendingChunk(outcome.chunk(), 0, outcome))
                            .toList(),
                    false));
            AtomicInteger written = new AtomicInteger();
            AtomicInteger settled = new AtomicInteger();
            OutcomeFeed feed = new OutcomeFeed(
                    plan,
                    state,
                    after -> Flux.range(1, written.get())
                            .filter(place -> place > after)
                            .map(place -> new PlacedOutcome(place, all.get(place - 1))));
            Runnable settling = () -> {
                ChunkOutcome outcome = all.get(written.getAndIncrement());
                state.settled(outcome, outcome);
                boolean last = settled.incrementAndGet() == all.size();
                feed.announce();
                if (last) {
                    feed.end();
                }
            };
            List<Object> results = threads.of(
                    round,
                    () -> {
                        settling.run();
                        return null;
                    },
                    () -> {
                        settling.run();
                        return null;
                    },
                    () -> feed.outcomes().collectList().block(PATIENCE));
            assertThat(results.get(2)).as("round %d", round).isEqualTo(all);
        }
    }

    @Test
    void aRunThatEndsAcceptsNoDemandAndSendsNothingAndOneThatIsJoinedDoesNotEnd() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            RunState state = new RunState(10, new RunState.Limits(1, 1, true));
            Demand leaving = Demand.submitter(0);
            state.join(leaving);
            state.begin(new Recovered(new BitSet(), new BitSet(), List.of(), false));
            List<Boolean> results = threads.of(
                    round,
                    () -> {
                        state.leave(leaving);
                        return state.ends();
                    },
                    () -> state.join(Demand.submitter(0)),
                    () -> state.take() >= 0);
            boolean ended = results.get(0);
            boolean joined = results.get(1);
            boolean sends = results.get(2);
            assertThat(joined).as("round %d", round).isEqualTo(!ended);
            assertThat(ended && sends).as("round %d", round).isFalse();
        }
    }

    /** Its permits come on another thread, and it counts the requests that wait for one at once. */
    private static final class OneAtATime implements RequestShaper {

        private static final Permit PERMIT = new Permit() {
            @Override
            public boolean use() {
                return true;
            }

            @Override
            public void written() {}
        };

        private int waiting;
        private int most;

        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            return Mono.defer(() -> {
                AtomicBoolean waits = new AtomicBoolean(true);
                enter();
                return Mono.just(PERMIT)
                        .publishOn(Schedulers.parallel())
                        .doOnCancel(() -> leave(waits))
                        .doOnNext(permit -> leave(waits))
                        .flatMap(permit -> exchange.apply(Mono.just(permit)));
            });
        }

        private synchronized void enter() {
            most = Math.max(most, ++waiting);
        }

        /** In one step: a permit that comes while another thread cancels must find the request counted out. */
        private synchronized void leave(AtomicBoolean waits) {
            waiting -= waits.getAndSet(false) ? 1 : 0;
        }

        private synchronized int most() {
            return most;
        }

        @Override
        public void pause(Duration time) {}
    }
}
