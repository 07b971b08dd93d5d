package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.client;
import static io.ramet.reactor.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A journal that cannot be written stops the sending, and what was bought is accounted for all the same. */
class JournalFailureTest {

    @Test
    void aPlanThatCannotBeEnteredIsNotSent() {
        CloneJournal broken = new PassingJournal(plan -> Mono.error(new JournalException("disk full", null)));
        try (Simulator simulator = Simulator.start();
                CloneClient client = client(simulator).journal(broken).build()) {
            assertThat(failureOf(client, plan(60), new ArrayList<>())).hasMessage("disk full");
            assertThat(catchThrowableOfType(
                            JournalException.class,
                            () -> client.submit(plan(60)).block(PATIENCE)))
                    .isNotNull();
            assertThat(simulator.books().arrivals()).isEmpty();
        }
    }

    @Test
    void aChunkWhoseSendingCannotBeRecordedIsNotSent() {
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                CloneClient client = client(simulator)
                        .shaper(RequestShaper.paced(2_000))
                        .maxInFlight(1)
                        .journal(new FullAt(2, Integer.MAX_VALUE).journal())
                        .build()) {
            List<ChunkOutcome> emitted = new ArrayList<>();
            assertThat(failureOf(client, plan(150), emitted)).hasMessage("disk full");
            assertThat(emitted).hasSize(2).allMatch(Cloned.class::isInstance);
            assertThat(simulator.books().executions()).hasSize(2);
        }
    }

    @Test
    void aDealThatCannotBeRecordedIsInTheFailure() {
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                CloneClient client = client(simulator)
                        .shaper(RequestShaper.paced(2_000))
                        .maxInFlight(4)
                        .journal(new FullAt(Integer.MAX_VALUE, 2).journal())
                        .build()) {
            List<ChunkOutcome> emitted = new ArrayList<>();
            JournalException failure = failureOf(client, plan(300), emitted);
            assertThat(failure.unwritten()).isNotEmpty();
            List<String> accounted = Flux.fromIterable(emitted)
                    .concatWith(Flux.fromIterable(failure.unwritten()))
                    .ofType(Cloned.class)
                    .flatMapIterable(cloned -> cloned.deal().instanceIds())
                    .collectList()
                    .block(PATIENCE);
            assertThat(accounted)
                    .containsExactlyInAnyOrderElementsOf(simulator.books().instanceIds());
        }
    }

    @Test
    void aDealIsInTheFailureThoughItsJournalLacksAClass() {
        CloneJournal lacking = lackingAClass(open -> new PassingJournal.Plan(open) {
            @Override
            public Mono<Void> settled(ChunkOutcome outcome) {
                throw new NoClassDefFoundError("journal/Rare");
            }
        });
        try (CloneClient client = HardeningTest.client(Ledger.healthy(), builder -> builder.journal(lacking))) {
            JournalException failure = failureOf(client, plan(30), new ArrayList<>());
            assertThat(failure.unwritten()).singleElement().isInstanceOf(Cloned.class);
        }
    }

    @Test
    void aRunEndsThoughItsReleasedJournalLacksAClass() {
        CloneJournal lacking = lackingAClass(open -> new PassingJournal.Plan(open) {
            @Override
            public Mono<Void> release() {
                throw new NoClassDefFoundError("journal/Rare");
            }
        });
        try (CloneClient client = HardeningTest.client(Ledger.healthy(), builder -> builder.journal(lacking))) {
            assertThat(client.cloneReport(plan(90)).block(PATIENCE).complete()).isTrue();
        }
    }

    private static CloneJournal lackingAClass(UnaryOperator<PlanJournal> lacking) {
        CloneJournal memory = CloneJournal.inMemory();
        return new PassingJournal(
                memory, plan -> memory.open(plan, Fixtures.REGION).map(lacking));
    }

    @Test
    void aChunkThatWasAboutToBeSentWhenARunBrokeOffIsNeverSentAgain() {
        FullAt journal = new FullAt(Integer.MAX_VALUE, 1);
        ClonePlan plan = plan(90);
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                CloneClient client = client(simulator)
                        .shaper(RequestShaper.paced(2_000))
                        .maxInFlight(1)
                        .journal(journal.journal())
                        .build()) {
            failureOf(client, plan, new ArrayList<>());
            journal.settledLimit = Integer.MAX_VALUE;
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            BooksAssert.assertTruth("resumed", simulator, plan, outcomes);
            assertThat(outcomes).allMatch(Cloned.class::isInstance);
            assertThat(simulator.books().bought()).isEqualTo(90);
        }
    }

    @Test
    void aRowThatVanishedIsNotCalledNotCloned() {
        CloneJournal forgetful = forgetful(open -> true);
        try (CloneClient client = HardeningTest.client(Ledger.healthy(), builder -> builder.journal(forgetful))) {
            List<ChunkOutcome> emitted = new ArrayList<>();
            JournalException failure = failureOf(client, plan(90), emitted);
            assertThat(failure).hasMessageContaining("chunks [1]").hasMessageContaining("deal-");
            assertThat(failure.unwritten())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Cloned.class,
                            lost -> assertThat(lost.chunk().index()).isOne());
            assertThat(emitted).hasSize(2).allMatch(Cloned.class::isInstance);
        }
    }

    @Test
    void aRowOfAnEarlierRunThatVanishedSinceThisOneOpenedIsNotCalledNotClonedEither() {
        CloneJournal forgetful = forgetful(open -> !open.known().settled().isEmpty());
        try (CloneClient client = HardeningTest.client(Ledger.healthy(), builder -> builder.journal(forgetful))) {
            ClonePlan plan = plan(90);
            assertThat(client.clone(plan).collectList().block(PATIENCE)).allMatch(Cloned.class::isInstance);
            List<ChunkOutcome> emitted = new ArrayList<>();
            assertThat(failureOf(client, plan, emitted)).hasMessageContaining("chunks [1]");
            assertThat(emitted).hasSize(2).allMatch(Cloned.class::isInstance);
        }
    }

    /** {@return a journal that shows no outcome of chunk 1 to the runs that {@code forgetting} names} */
    private static CloneJournal forgetful(Predicate<PlanJournal> forgetting) {
        CloneJournal memory = CloneJournal.inMemory();
        return new PassingJournal(
                memory,
                plan -> memory.open(plan, Fixtures.REGION).map(open -> new PassingJournal.Plan(open) {
                    @Override
                    public Flux<PlacedOutcome> outcomes(long after) {
                        return super.outcomes(after)
                                .filter(placed -> !forgetting.test(open)
                                        || placed.outcome().chunk().index() != 1);
                    }
                }));
    }

    private static JournalException failureOf(CloneClient client, ClonePlan plan, List<ChunkOutcome> emitted) {
        JournalException failure = catchThrowableOfType(
                JournalException.class,
                () -> client.clone(plan).doOnNext(emitted::add).blockLast(PATIENCE));
        assertThat(failure).isNotNull();
        return failure;
    }

    /** A journal in memory that is full after so many sendings, or so many outcomes. */
    private static final class FullAt {
        private final CloneJournal memory = CloneJournal.inMemory();
        private final Set<Integer> sent = ConcurrentHashMap.newKeySet();
        private final Set<Integer> settled = ConcurrentHashMap.newKeySet();
        private final int sendingLimit;
        private volatile int settledLimit;

        FullAt(int sendingLimit, int settledLimit) {
            this.sendingLimit = sendingLimit;
            this.settledLimit = settledLimit;
        }

        public CloneJournal journal() {
            return new PassingJournal(
                    memory, plan -> memory.open(plan, Fixtures.REGION).map(Full::new));
        }

        private final class Full extends PassingJournal.Plan {

            Full(PlanJournal plan) {
                super(plan);
            }

            @Override
            public Mono<Void> sending(CloneChunk chunk, long timestamp) {
                return sent.size() >= sendingLimit || !sent.add(chunk.index())
                        ? Mono.error(new JournalException("disk full", null))
                        : super.sending(chunk, timestamp);
            }

            @Override
            public Mono<Void> settled(ChunkOutcome outcome) {
                return settled.size() >= settledLimit
                                || !settled.add(outcome.chunk().index())
                        ? Mono.error(new JournalException("disk full", null))
                        : super.settled(outcome);
            }
        }
    }
}
