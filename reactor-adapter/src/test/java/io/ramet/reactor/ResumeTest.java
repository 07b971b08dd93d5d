package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanPasswordException;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.observe.CloneObserver;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/** Plans of which only the id is at hand. */
class ResumeTest {

    private static final PlanId ORDER = PlanId.of("order-1");

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).clock(clock).start();

    @Test
    void aPlanThatWasStoppedIsResumedByItsIdAlone() {
        simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.error("ResourceUnavailable.SaleOut", false)));
        try (CloneClient first = client()) {
            first.clone(Fixtures.plan("order-1", 300)).blockLast(PATIENCE);
        }
        try (CloneClient second = client()) {
            List<ChunkOutcome> outcomes = second.resume(ORDER).collectList().block(PATIENCE);
            assertThat(outcomes).hasSize(10).allMatch(Cloned.class::isInstance);
            assertThat(simulator.books().bought()).isEqualTo(300);
            BooksAssert.assertNothingBoughtTwice("resumed", simulator);
        }
    }

    @Test
    void resumingWithoutThePasswordOrAnUnknownPlanSendsNothing() {
        try (CloneClient client =
                client().toBuilder().passwords(PasswordProvider.none()).build()) {
            client.clone(Fixtures.plan("order-1", 30)).blockLast(PATIENCE);
            int calls = simulator.books().arrivals().size();
            assertThatThrownBy(() -> client.resume(ORDER).blockLast(PATIENCE))
                    .isInstanceOf(PlanPasswordException.class)
                    .hasMessage("password (none): is needed to send this plan, and is not provided");
            assertThatThrownBy(() -> client.resume(PlanId.of("x")).blockLast(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            assertThatThrownBy(() -> client.report(PlanId.of("x")).block(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            assertThatThrownBy(() -> client.reconcile(PlanId.of("x")).block(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            assertThat(simulator.books().arrivals()).hasSize(calls);
        }
    }

    @Test
    void reportsComeFromTheJournalAlone() {
        try (CloneClient client = client()) {
            client.clone(Fixtures.plan("order-1", 60)).blockLast(PATIENCE);
            client.clone(Fixtures.plan("order-2", 30)).blockLast(PATIENCE);
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
    void reconcilingFindsTheInstancesListedSinceAndSendsNothing() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.reset(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMinutes(1)))));
        try (CloneClient client = client()) {
            assertThat(client.cloneReport(Fixtures.plan("order-1", 30))
                            .block(PATIENCE)
                            .inDoubt())
                    .isEqualTo(30);
            assertThat(client.reconcile(ORDER).block(PATIENCE).inDoubt()).isEqualTo(30);
            clock.move(Duration.ofMinutes(1));
            assertThat(client.reconcile(ORDER).block(PATIENCE).complete()).isTrue();
            assertThat(client.clone(Fixtures.plan("order-1", 30)).single().block(PATIENCE))
                    .as("and the doubt is not replayed any more")
                    .isInstanceOf(Cloned.class);
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
    }

    @Test
    void reconcilingCompletesADealWhoseResponseNamedTooFewInstances() {
        simulator.misbehave(Misbehaviour.scripted(Fault.fewerIds(3)));
        try (CloneClient notLooking = Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .reconcileFor(Duration.ZERO)
                .build()) {
            assertThat(notLooking
                            .cloneReport(Fixtures.plan("order-1", 30))
                            .block(PATIENCE)
                            .missing())
                    .isEqualTo(27);
        }
        try (CloneClient client = client()) {
            assertThat(client.reconcile(ORDER).block(PATIENCE).complete()).isTrue();
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
    }

    @Test
    void aDealWhoseInstancesWereBeingLookedUpWhenTheProcessDiedIsReportedByTheNext() {
        simulator.misbehave(Misbehaviour.scripted(Fault.fewerIds(3)));
        Sinks.Empty<Void> looking = Sinks.empty();
        CloneClient killed = Fixtures.client(simulator)
                .clock(clock)
                .journal(CloneJournal.jdbcBuilder(file(folder.resolve("journal.db")))
                        .lease(Duration.ofSeconds(1))
                        .build())
                .reconcileFor(Duration.ofDays(1))
                .observer(new CloneObserver() {
                    @Override
                    public void reconciling(CloneChunk chunk) {
                        looking.tryEmitEmpty();
                    }
                })
                .build();
        killed.clone(Fixtures.plan("order-1", 30)).subscribe();
        looking.asMono().block(PATIENCE);
        Path copy = copied();
        try (CloneClient next = Fixtures.client(simulator)
                .clock(clock)
                .journal(PassingJournal.waiting(CloneJournal.jdbc(file(copy)), PATIENCE))
                .build()) {
            ChunkOutcome outcome =
                    next.clone(Fixtures.plan("order-1", 30)).single().block(PATIENCE);
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
    void aPlanBegunInOneRegionIsNeitherResumedNorReconciledInAnother() {
        try (CloneClient client = client()) {
            client.clone(Fixtures.plan("order-1", 30)).blockLast(PATIENCE);
        }
        int calls = simulator.books().arrivals().size();
        try (CloneClient elsewhere = Fixtures.client(simulator)
                .clock(clock)
                .region("ap-beijing")
                .journal(journal())
                .build()) {
            assertThatThrownBy(() -> elsewhere.resume(ORDER).blockLast(PATIENCE))
                    .isInstanceOf(PlanConflictException.class);
            assertThatThrownBy(() -> elsewhere.reconcile(ORDER).block(PATIENCE))
                    .isInstanceOf(PlanConflictException.class);
        }
        assertThat(simulator.books().arrivals()).hasSize(calls);
    }

    @Test
    void aPlanThatWasBoughtWithAJournalThatIsLostIsNotBoughtAgain() {
        try (CloneClient first = Fixtures.client(simulator).clock(clock).build()) {
            first.clone(Fixtures.plan("order-1", 60)).blockLast(PATIENCE);
        }
        try (CloneClient client = client()) {
            assertThatThrownBy(() -> client.clone(Fixtures.plan("order-1", 90)).blockLast(PATIENCE))
                    .isInstanceOfSatisfying(
                            ForgottenPlanException.class,
                            forgotten -> assertThat(forgotten.instanceIds())
                                    .containsExactlyInAnyOrderElementsOf(
                                            simulator.books().instanceIds()));
            assertThat(client.clone(Fixtures.plan("order-2", 30)).single().block(PATIENCE))
                    .as("another plan is not held up")
                    .isInstanceOf(Cloned.class);
        }
        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    @Test
    void aPlanThatCannotBeLookedUpIsNotSentAndSaysWhy() {
        AtomicInteger listings = new AtomicInteger();
        simulator.misbehave(Misbehaviour.ofAction("DescribeInstances", arrival -> {
            listings.incrementAndGet();
            return Fault.error("UnauthorizedOperation", false);
        }));
        try (CloneClient client = client()) {
            assertThatThrownBy(() ->
                            client.cloneReport(Fixtures.plan("order-1", 90)).block(PATIENCE))
                    .isInstanceOf(UnverifiedPlanException.class)
                    .hasMessageContaining("order-1")
                    .hasMessageContaining("UnauthorizedOperation")
                    .hasMessageContaining("redis:DescribeInstances")
                    .hasMessageContaining("unverifiedPlans(SEND)");
            assertThat(listings).as("a missing permission is not tried twice").hasValue(1);
        }
        assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
        try (CloneClient client = Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .unverifiedPlans(UnverifiedPlans.SEND)
                .build()) {
            CloneReport report =
                    client.cloneReport(Fixtures.plan("order-1", 90)).block(PATIENCE);
            assertThat(report.complete()).isTrue();
            assertThat(report.audit().summary()).contains("not audited", "UnauthorizedOperation");
        }
    }

    @Test
    void aLookUpThatIsThrottledOrLostIsRepeatedBeforeAPlanIsRefused() {
        simulator.misbehave(Misbehaviour.scripted(
                "DescribeInstances", Fault.throttle(), Fault.reset(Stage.BEFORE_EXECUTING), Fault.html502(false)));
        try (CloneClient client = client()) {
            assertThat(client.cloneReport(Fixtures.plan("order-1", 30))
                            .block(PATIENCE)
                            .complete())
                    .isTrue();
        }
    }

    /** Each client has a journal in memory, which is lost with it. */
    @Test
    void aPlanWithARandomIdIsNotBoughtAgainByTheNextClientOfTheProcess() {
        ClonePlan plan = Fixtures.plan(60);
        try (CloneClient first = Fixtures.client(simulator).clock(clock).build()) {
            assertThat(first.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        }
        try (CloneClient next = Fixtures.client(simulator).clock(clock).build()) {
            assertThatThrownBy(() -> next.cloneReport(plan).block(PATIENCE)).isInstanceOf(ForgottenPlanException.class);
        }
        assertThat(simulator.books().bought()).isEqualTo(60);
    }

    @Tag("slow")
    @Test
    void manyPlansWhoseJournalIsLostAreAllRefused() {
        int plans = Fixtures.MANY_PLANS;
        try (CloneClient first = Fixtures.client(simulator)
                .clock(clock)
                .shaper(new UnlimitedShaper())
                .auditFor(Duration.ZERO)
                .unverifiedPlans(UnverifiedPlans.SEND)
                .build()) {
            simulator.misbehave(
                    Misbehaviour.ofAction("DescribeInstances", arrival -> Fault.error("UnauthorizedOperation", false)));
            Flux.range(0, plans)
                    .flatMap(i -> first.cloneReport(Fixtures.plan("order-" + i, 1)), plans)
                    .blockLast(Duration.ofMinutes(1));
            simulator.misbehave(Misbehaviour.none());
        }
        assertThat(simulator.books().bought()).isEqualTo(plans);
        try (CloneClient client = Fixtures.client(simulator).clock(clock).build()) {
            assertThat(Flux.range(0, plans)
                            .flatMap(
                                    i -> client.cloneReport(Fixtures.plan("order-" + i, 1))
                                            .map(report -> 0)
                                            .onErrorReturn(ForgottenPlanException.class, 1),
                                    plans)
                            .reduce(0, Integer::sum)
                            .block(Duration.ofMinutes(1)))
                    .isEqualTo(plans);
        }
        BooksAssert.assertNothingBoughtTwice("forgotten", simulator);
    }

    @Test
    void aChunkThatTheJournalHasLostIsFoundAndNeverSent() {
        ClonePlan plan = Fixtures.plan("order-1", 90);
        try (CloneClient first = Fixtures.client(simulator).clock(clock).build()) {
            first.clone(plan).blockLast(PATIENCE);
        }
        // The state of a standby that was behind by two chunks.
        CloneJournal behind = journal();
        PlanJournal held = behind.open(plan, Fixtures.REGION).block(PATIENCE);
        held.sending(plan.chunk(0), 1).block(PATIENCE);
        held.settled(new Cloned(
                        plan.chunk(0),
                        new Deal(
                                null,
                                null,
                                simulator.books().instanceIds(plan.chunk(0).instanceName()),
                                null)))
                .block(PATIENCE);
        held.release().block(PATIENCE);
        behind.close();
        try (CloneClient client = client()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            BooksAssert.assertTruth("behind", simulator, plan, outcomes);
            assertThat(outcomes).allMatch(Cloned.class::isInstance);
        }
        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    @Test
    void aReportSaysWhatWasSentAndWhatWasNotAlsoWhileADeadProcessHoldsThePlan() {
        CloneJournal dead = journal();
        ClonePlan plan = Fixtures.plan("order-1", 90);
        PlanJournal held = dead.open(plan, Fixtures.REGION).block(PATIENCE);
        held.sending(plan.chunk(0), 1).block(PATIENCE);
        try (CloneClient client = client()) {
            CloneReport report = client.report(ORDER).block(PATIENCE);
            assertThat(report.sending()).isEqualTo(30);
            assertThat(report.pending()).isEqualTo(60);
            held.release().block(PATIENCE);
            CloneReport released = client.report(ORDER).block(PATIENCE);
            assertThat(released.sending()).isZero();
            assertThat(released.inDoubt()).isEqualTo(30);
            assertThat(released.pending()).isEqualTo(60);
        }
        dead.close();
    }

    @Test
    void aRefusedChunkIsSentAgainWhenThePlanIsPostedAgainAndTheHistoryKeepsTheRefusal() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.AccountBalanceNotEnough", false)));
        ClonePlan plan = Fixtures.plan("order-1", 90);
        try (CloneClient client = client()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            assertThat(outcomes).hasSize(3).noneMatch(Cloned.class::isInstance);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
            assertThat(client.follow(ORDER).count().block(PATIENCE))
                    .as("looking sends nothing")
                    .isOne();
            assertThat(client.resume(ORDER).collectList().block(PATIENCE))
                    .hasSize(3)
                    .allMatch(Cloned.class::isInstance);
        }
        CloneJournal journal = journal();
        assertThat(journal.history(ORDER).collectList().block(PATIENCE)).hasSize(1);
        journal.close();
        BooksAssert.assertNothingBoughtTwice("reopened", simulator);
    }

    @Test
    void aChunkThatWasRefusedAndDeliveredIsNotSentAgainBeforeItsInstancesMustShow() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.error("ResourceInsufficient", true).and(Fault.lateVisibility(Duration.ofMinutes(1)))));
        ClonePlan plan = Fixtures.plan("order-1", 30);
        for (int posted = 0; posted < 2; posted++) {
            try (CloneClient client = listingLate(Duration.ofMinutes(2))) {
                assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(NotCloned.class);
            }
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        clock.move(Duration.ofMinutes(1));
        try (CloneClient client = listingLate(Duration.ZERO)) {
            assertThat(client.clone(plan).single().block(PATIENCE))
                    .as("when the lag has passed, the listing shows it")
                    .isInstanceOf(Cloned.class);
        }
        assertThat(simulator.books().bought()).isEqualTo(30);
        BooksAssert.assertNothingBoughtTwice("refused and delivered", simulator);
    }

    @Test
    void aChunkThatWasRefusedAndDeliveredIsNotSentAgainWithoutAListing() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.error("ResourceInsufficient", true).and(Fault.lateVisibility(Duration.ofMinutes(1)))));
        ClonePlan plan = Fixtures.plan("order-1", 30);
        try (CloneClient client = listingLate(Duration.ZERO)) {
            assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(NotCloned.class);
        }
        simulator.misbehave(
                Misbehaviour.ofAction("DescribeInstances", arrival -> Fault.error("UnauthorizedOperation", false)));
        try (CloneClient client = Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .visibilityLag(Duration.ZERO)
                .unverifiedPlans(UnverifiedPlans.SEND)
                .build()) {
            assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(NotCloned.class);
        }
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
    }

    @Test
    void aChunkThatWasRefusedAndDeliveredIsInDoubtWhenTheProcessDiesOnceItIsReopened() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.error("ResourceInsufficient", true).and(Fault.lateVisibility(Duration.ofMinutes(1)))));
        ClonePlan plan = Fixtures.plan("order-1", 30);
        CloneJournal journal = CloneJournal.inMemory();
        CloneJournal dying = new PassingJournal(
                journal, opening -> journal.open(opening, Fixtures.REGION).map(WithoutOutcomes::new));
        UnaryOperator<CloneClientBuilder> settings =
                builder -> builder.clock(clock).visibilityLag(Duration.ZERO).auditFor(Duration.ZERO);
        try (CloneClient client =
                settings.apply(Fixtures.client(simulator)).journal(journal).build()) {
            assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(NotCloned.class);
        }
        clock.move(Duration.ofMinutes(1));
        try (CloneClient client =
                settings.apply(Fixtures.client(simulator)).journal(dying).build()) {
            assertThatThrownBy(() -> client.clone(plan).blockLast(PATIENCE)).isInstanceOf(JournalException.class);
        }
        try (CloneClient client =
                settings.apply(Fixtures.client(simulator)).journal(journal).build()) {
            assertThat(client.report(ORDER).block(PATIENCE).inDoubt()).isEqualTo(30);
            assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(Cloned.class);
        }
        assertThat(simulator.books().bought()).isEqualTo(30);
    }

    /** Its process dies before any outcome is written. */
    private static final class WithoutOutcomes extends PassingJournal.Plan {

        WithoutOutcomes(PlanJournal passed) {
            super(passed);
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return Mono.error(new JournalException("test", null));
        }
    }

    @Test
    void aRefusalThatCannotHaveDeliveredIsReopenedAtOnce() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("UnauthorizedOperation.NoCAMAuthed", false)));
        ClonePlan plan = Fixtures.plan("order-1", 30);
        try (CloneClient client = listingLate(Duration.ofMinutes(2))) {
            assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(NotCloned.class);
            assertThat(client.clone(plan).single().block(PATIENCE)).isInstanceOf(Cloned.class);
        }
    }

    @Test
    void aPlanWhoseSourceTheListingsDoNotShowIsNotSentAndSaysWhy() {
        simulator.misbehave(Misbehaviour.ofAction(
                "DescribeInstances",
                arrival -> Fault.response(
                        200,
                        Map.of(),
                        "{\"Response\":{\"TotalCount\":0,\"InstanceSet\":[],\"RequestId\":\"r-1\"}}",
                        false)));
        try (CloneClient client = client()) {
            assertThatThrownBy(() ->
                            client.cloneReport(Fixtures.plan("order-1", 90)).block(PATIENCE))
                    .isInstanceOf(UnverifiedPlanException.class)
                    .hasMessageContaining("order-1")
                    .hasMessageContaining("crs-xjhsdj12")
                    .hasMessageContaining("unverifiedPlans(SEND)");
        }
        assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
        try (CloneClient client = Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .unverifiedPlans(UnverifiedPlans.SEND)
                .auditFor(Duration.ZERO)
                .build()) {
            assertThat(client.cloneReport(Fixtures.plan("order-1", 90))
                            .block(PATIENCE)
                            .complete())
                    .isTrue();
        }
    }

    @Test
    void aWrongClockIsCorrectedByTheFirstLookUpThatIsRefusedForIt() {
        Clock wrong = Clock.offset(clock, Duration.ofMinutes(-20));
        try (CloneClient client =
                Fixtures.client(simulator).clock(wrong).journal(journal()).build()) {
            assertThat(client.cloneReport(Fixtures.plan("order-1", 90))
                            .block(PATIENCE)
                            .complete())
                    .isTrue();
        }
        assertThat(simulator.books().arrivals("CloneInstances"))
                .as("and no purchase is refused for it")
                .hasSize(3);
    }

    private CloneClient listingLate(Duration visibilityLag) {
        return Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .visibilityLag(visibilityLag)
                .auditFor(Duration.ZERO)
                .build();
    }

    @Test
    void theRefusedChunksOfARecoveredPlanAreNotReopened() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.AccountBalanceNotEnough", false)));
        CloneJournal journal = CloneJournal.inMemory();
        ClonePlan plan = Fixtures.plan("order-1", 30);
        try (CloneClient client =
                Fixtures.client(simulator).clock(clock).journal(journal).build()) {
            client.clone(plan).blockLast(PATIENCE);
        }
        journal.open(plan, Fixtures.REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        try (CloneClient client =
                Fixtures.client(simulator).clock(clock).journal(journal).build()) {
            assertThat(client.recover().collectList().block(PATIENCE)).containsExactly(ORDER);
            client.follow(ORDER).blockLast(PATIENCE);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        }
    }

    @Test
    void followingShowsWhatIsBoughtAndBuysNothing() {
        try (CloneClient buyer = client();
                CloneClient elsewhere = client()) {
            assertThatThrownBy(() -> elsewhere.follow(ORDER).blockLast(PATIENCE))
                    .isInstanceOf(UnknownPlanException.class);
            List<ChunkOutcome> first = buyer.clone(Fixtures.plan("order-1", 300))
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
            buyer.submit(Fixtures.plan("order-1", 300)).block(PATIENCE);
            List<List<ChunkOutcome>> both = Mono.zip(here, there, List::of).block(PATIENCE);
            assertThat(both.get(0)).hasSize(10).isEqualTo(both.get(1));
            BooksAssert.assertNothingBoughtTwice("followed", simulator);
        }
    }

    /** Waits until the requests in flight have arrived. */
    private int quiet() {
        try (CloneClient settling = client()) {
            return settling.reconcile(ORDER)
                    .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(50)).filter(PlanBusyException.class::isInstance))
                    .block(PATIENCE)
                    .cloned();
        }
    }

    @Test
    void aPlanThatAnotherProcessHoldsIsNotTouched() {
        CloneJournal other = journal();
        PlanJournal held =
                other.open(Fixtures.plan("order-1", 30), Fixtures.REGION).block(PATIENCE);
        try (CloneClient client = client()) {
            assertThatThrownBy(() -> client.clone(Fixtures.plan("order-1", 30)).blockLast(PATIENCE))
                    .isInstanceOf(PlanBusyException.class);
            assertThatThrownBy(() -> client.reconcile(ORDER).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
            assertThat(simulator.books().arrivals()).isEmpty();
        }
        held.release().block(PATIENCE);
        other.close();
    }

    @Test
    void rotatedCredentialsAreUsedAndCredentialsThatGoBadStopTheSending() {
        ClonePlan plan = Fixtures.plan(300);
        AtomicInteger asked = new AtomicInteger();
        Credentials good = Credentials.of(simulator.secretId(), simulator.secretKey());
        Credentials bad = Credentials.of(simulator.secretId(), "no longer good");
        try (CloneClient client = Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .shaper(RequestShaper.paced(2_000))
                .maxInFlight(1)
                .credentials(() -> CompletableFuture.completedFuture(asked.incrementAndGet() == 4 ? bad : good))
                .build()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            assertThat(outcomes).filteredOn(Cloned.class::isInstance).hasSize(3);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(4);
            assertThat(client.cloneReport(plan).block(PATIENCE).cloned())
                    .as("with good ones it is resumed, and the refused chunk is sent again")
                    .isEqualTo(300);
        }
    }

    private CloneClient client() {
        return Fixtures.client(simulator)
                .clock(clock)
                .journal(journal())
                .shaper(RequestShaper.paced(2_000))
                .maxInFlight(1)
                .visibilityLag(Duration.ZERO)
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
