package io.ramet.reactor;

import static io.ramet.reactor.Buying.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidRequestException;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/** What a client can do with a plan of which only the id is at hand. */
class ResumeTest {

    private static final PlanId ORDER = PlanId.of("order-1");
    private static final Secret PASSWORD = Secret.of("Canary-Passw0rd");

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).clock(clock).start();

    @Test
    void aPlanThatWasStoppedGoesOnByItsIdAndThePassword() {
        simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.error("ResourceUnavailable.SaleOut", false)));
        try (CloneClient first = client()) {
            first.clone(Buying.plan("order-1", 300)).blockLast(PATIENCE);
        }
        try (CloneClient second = client()) {
            List<ChunkOutcome> outcomes =
                    second.resume(ORDER, PASSWORD).collectList().block(PATIENCE);
            assertThat(outcomes).filteredOn(Cloned.class::isInstance).hasSize(9);
            assertThat(outcomes).filteredOn(NotCloned.class::isInstance).hasSize(1);
            assertThat(simulator.books().bought()).isEqualTo(270);
            Judge.assertNothingBoughtTwice("resumed", simulator);
        }
    }

    @Test
    void resumingWithoutThePasswordOrAnUnknownPlanSendsNothing() {
        try (CloneClient client = client()) {
            client.clone(Buying.plan("order-1", 30)).blockLast(PATIENCE);
            int calls = simulator.books().arrivals().size();
            assertThatThrownBy(() -> client.resume(ORDER, null).blockLast(PATIENCE))
                    .isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(() -> client.resume(PlanId.of("x"), null).blockLast(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            assertThatThrownBy(() -> client.report(PlanId.of("x")).block(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            assertThatThrownBy(() -> client.settle(PlanId.of("x")).block(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            assertThat(simulator.books().arrivals()).hasSize(calls);
        }
    }

    @Test
    void reportsAreMadeOfTheJournalAlone() {
        try (CloneClient client = client()) {
            client.clone(Buying.plan("order-1", 60)).blockLast(PATIENCE);
            client.clone(Buying.plan("order-2", 30)).blockLast(PATIENCE);
        }
        int calls = simulator.books().arrivals().size();
        try (CloneClient client = client()) {
            assertThat(client.reports().map(CloneReport::summary).collectList().block(PATIENCE))
                    .containsExactly(
                            "plan order-1: 60 of 60 cloned in 2 deals", "plan order-2: 30 of 30 cloned in 1 deal");
            assertThat(client.report(ORDER).block(PATIENCE).complete()).isTrue();
        }
        assertThat(simulator.books().arrivals()).hasSize(calls);
    }

    @Test
    void settlingFindsWhatHasShownSinceAndSendsNothing() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.reset(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMinutes(1)))));
        try (CloneClient client = client()) {
            assertThat(client.report(Buying.plan("order-1", 30)).block(PATIENCE).inDoubt())
                    .isEqualTo(30);
            assertThat(client.settle(ORDER).block(PATIENCE).inDoubt()).isEqualTo(30);
            clock.move(Duration.ofMinutes(1));
            assertThat(client.settle(ORDER).block(PATIENCE).complete()).isTrue();
            assertThat(client.clone(Buying.plan("order-1", 30)).single().block(PATIENCE))
                    .as("and the doubt is not replayed any more")
                    .isInstanceOf(Cloned.class);
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
    }

    @Test
    void settlingCompletesADealWhoseAnswerNamedTooFewInstances() {
        simulator.misbehave(Misbehaviour.scripted(Fault.fewerIds(3)));
        try (CloneClient notLooking = Buying.client(simulator)
                .clock(clock)
                .journal(journal())
                .reconcileFor(Duration.ZERO)
                .build()) {
            assertThat(notLooking
                            .report(Buying.plan("order-1", 30))
                            .block(PATIENCE)
                            .missing())
                    .isEqualTo(27);
        }
        try (CloneClient client = client()) {
            assertThat(client.settle(ORDER).block(PATIENCE).complete()).isTrue();
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
    }

    @Test
    void aDealWhoseInstancesWereBeingLookedForWhenTheProcessDiedIsToldByTheNext() {
        simulator.misbehave(Misbehaviour.scripted(Fault.fewerIds(3)));
        Sinks.Empty<Void> looking = Sinks.empty();
        CloneClient killed = Buying.client(simulator)
                .clock(clock)
                .journal(CloneJournal.jdbc(file(folder.resolve("journal.db")), Duration.ofSeconds(1), Duration.ZERO))
                .reconcileFor(Duration.ofDays(1))
                .listener(new CloneListener() {
                    @Override
                    public void reconciling(CloneChunk chunk) {
                        looking.tryEmitEmpty();
                    }
                })
                .build();
        killed.clone(Buying.plan("order-1", 30)).subscribe();
        looking.asMono().block(PATIENCE);
        Path copy = copied();
        try (CloneClient next = Buying.client(simulator)
                .clock(clock)
                .journal(CloneJournal.jdbc(file(copy), CloneJournal.LEASE, PATIENCE))
                .build()) {
            ChunkOutcome outcome =
                    next.clone(Buying.plan("order-1", 30)).single().block(PATIENCE);
            assertThat(((Cloned) outcome).deal().dealId()).isNotBlank();
            assertThat(((Cloned) outcome).missing()).isZero();
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        killed.close();
    }

    /** The file as a process that is killed now would leave it. */
    private Path copied() {
        try {
            return Files.copy(folder.resolve("journal.db"), folder.resolve("copy.db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPlanBegunInOneRegionIsNeitherResumedNorSettledInAnother() {
        try (CloneClient client = client()) {
            client.clone(Buying.plan("order-1", 30)).blockLast(PATIENCE);
        }
        int calls = simulator.books().arrivals().size();
        try (CloneClient elsewhere = Buying.client(simulator)
                .clock(clock)
                .region("ap-beijing")
                .journal(journal())
                .build()) {
            assertThatThrownBy(() -> elsewhere.resume(ORDER, PASSWORD).blockLast(PATIENCE))
                    .isInstanceOf(PlanConflictException.class);
            assertThatThrownBy(() -> elsewhere.settle(ORDER).block(PATIENCE)).isInstanceOf(PlanConflictException.class);
        }
        assertThat(simulator.books().arrivals()).hasSize(calls);
    }

    @Test
    void aPlanThatWasBoughtWithAJournalThatIsLostIsNotBoughtAgain() {
        try (CloneClient first = Buying.client(simulator).clock(clock).build()) {
            first.clone(Buying.plan("order-1", 60)).blockLast(PATIENCE);
        }
        try (CloneClient client = client()) {
            assertThatThrownBy(() -> client.clone(Buying.plan("order-1", 90)).blockLast(PATIENCE))
                    .isInstanceOfSatisfying(
                            ForgottenPlanException.class,
                            forgotten -> assertThat(forgotten.instanceIds())
                                    .containsExactlyInAnyOrderElementsOf(
                                            simulator.books().instanceIds()));
            assertThat(client.clone(Buying.plan("order-2", 30)).single().block(PATIENCE))
                    .as("another plan is not held up")
                    .isInstanceOf(Cloned.class);
        }
        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    @Test
    void followingShowsWhatIsBoughtAndBuysNothing() {
        try (CloneClient buyer = client();
                CloneClient elsewhere = client()) {
            assertThatThrownBy(() -> elsewhere.follow(ORDER).blockLast(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            List<ChunkOutcome> first = buyer.clone(Buying.plan("order-1", 300))
                    .take(2)
                    .collectList()
                    .block(PATIENCE);
            int bought = quiet();
            assertThat(bought).isLessThan(300);
            List<ChunkOutcome> followed = elsewhere.follow(ORDER).collectList().block(PATIENCE);
            assertThat(followed).hasSize(bought / 30).startsWith(first.toArray(ChunkOutcome[]::new));
            assertThat(simulator.books().bought()).isEqualTo(bought);

            Mono<List<ChunkOutcome>> here = buyer.follow(ORDER).collectList();
            Mono<List<ChunkOutcome>> there = elsewhere.follow(ORDER).collectList();
            buyer.submit(Buying.plan("order-1", 300)).block(PATIENCE);
            List<List<ChunkOutcome>> both = Mono.zip(here, there, List::of).block(PATIENCE);
            assertThat(both.get(0)).hasSize(10).isEqualTo(both.get(1));
            Judge.assertNothingBoughtTwice("followed", simulator);
        }
    }

    /** Waits until those on their way have arrived. */
    private int quiet() {
        try (CloneClient settling = client()) {
            return settling.settle(ORDER)
                    .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(50)).filter(PlanBusyException.class::isInstance))
                    .block(PATIENCE)
                    .cloned();
        }
    }

    @Test
    void aPlanThatAnotherProcessHoldsIsNotTouched() {
        CloneJournal other = journal();
        PlanJournal held = other.open(Buying.plan("order-1", 30), Buying.REGION).block(PATIENCE);
        try (CloneClient client = client()) {
            assertThatThrownBy(() -> client.clone(Buying.plan("order-1", 30)).blockLast(PATIENCE))
                    .isInstanceOf(PlanBusyException.class);
            assertThatThrownBy(() -> client.settle(ORDER).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
            assertThat(simulator.books().arrivals()).isEmpty();
        }
        held.release().block(PATIENCE);
        other.close().block(PATIENCE);
    }

    @Test
    void credentialsThatAreRotatedInTheMiddleAreTakenUpAndThoseThatGoBadStopTheSending() {
        ClonePlan plan = Buying.plan(300);
        AtomicInteger asked = new AtomicInteger();
        Credentials good = Credentials.of(simulator.secretId(), simulator.secretKey());
        Credentials bad = Credentials.of(simulator.secretId(), "no longer good");
        try (CloneClient client = Buying.client(simulator)
                .clock(clock)
                .journal(journal())
                .shaper(RequestShaper.local(2_000))
                .maxInFlight(1)
                .credentials(() -> CompletableFuture.completedFuture(asked.incrementAndGet() == 4 ? bad : good))
                .build()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            assertThat(outcomes).filteredOn(Cloned.class::isInstance).hasSize(3);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(4);
            assertThat(client.report(plan).block(PATIENCE).cloned())
                    .as("with good ones it goes on")
                    .isEqualTo(270);
        }
    }

    private CloneClient client() {
        return Buying.client(simulator)
                .clock(clock)
                .journal(journal())
                .shaper(RequestShaper.local(2_000))
                .maxInFlight(1)
                .build();
    }

    private CloneJournal journal() {
        return CloneJournal.jdbc(file(folder.resolve("journal.db")));
    }

    private static SQLiteDataSource file(Path path) {
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + path);
        return file;
    }
}
