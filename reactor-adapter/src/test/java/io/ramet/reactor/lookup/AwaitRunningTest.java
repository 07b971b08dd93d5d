package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ClientClosedException;
import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.FastForwardScheduler;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.MovableClock;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.simulator.Fate;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Waits of the client take a twentieth of their time here; the server's clock is moved by hand. */
class AwaitRunningTest {

    private static final String LISTING = "DescribeInstances";

    private final MovableClock clock = new MovableClock();
    private final FastForwardScheduler time = new FastForwardScheduler(20);

    @TempDir
    private Path folder;

    private Simulator simulator;
    private CloneClient client;

    @AfterEach
    void close() {
        client.close();
        simulator.close();
    }

    @Test
    void eachInstanceIsEmittedOnceWhenItRuns() {
        start(simulated().initialisingFor(Duration.ofMinutes(9)));
        ClonePlan plan = plan(250);
        client.clone(plan).blockLast(PATIENCE);
        int before = listings();
        StepVerifier.create(client.lookups().awaitRunning(plan.id()).collectList())
                .expectSubscription()
                .then(() -> Fixtures.await(() -> listings() >= before + 7))
                .then(() -> clock.move(Duration.ofMinutes(10)))
                .assertNext(states -> {
                    assertThat(states)
                            .extracting(InstanceState::instanceId)
                            .containsExactlyInAnyOrderElementsOf(
                                    simulator.books().instanceIds());
                    assertThat(states).allSatisfy(state -> {
                        assertThat(state.status()).isEqualTo(Status.RUNNING);
                        assertThat(state.instanceName()).startsWith(plan.markRoot());
                        assertThat(state.age()).isEqualTo(Duration.ofMinutes(10));
                        assertThat(state.address().orElseThrow()).matches("10[.]\\d+[.]\\d+[.]\\d+:6379");
                        assertThat(state.zoneId()).isEqualTo(100003);
                        assertThat(state.deal()).isNotNull();
                    });
                    assertThat(states).extracting(InstanceState::chunk).contains(0, 8);
                })
                .expectComplete()
                .verify(PATIENCE);
        assertThat(simulator.books().executions()).hasSize(9);
    }

    @Test
    void instancesThatAreBoughtDuringTheWaitJoin() {
        start(simulated());
        ClonePlan plan = plan(900);
        List<InstanceState> states = client.submit(plan)
                .thenMany(client.lookups().awaitRunning(plan.id()))
                .collectList()
                .block(PATIENCE);
        assertThat(states)
                .extracting(InstanceState::instanceId)
                .containsExactlyInAnyOrderElementsOf(simulator.books().instanceIds());
    }

    @Test
    void instancesOfAChunkThatIsSettledLateJoin() {
        start(simulated()
                .initialisingFor(Duration.ofMinutes(9))
                .misbehaviour(Misbehaviour.scripted(Fault.lateVisibility(Duration.ofMinutes(2))
                        .and(Fault.fewerIds(10))
                        .and(Fault.withoutDeal()))));
        ClonePlan plan = plan("late", 60);
        assertThat(client.cloneReport(plan).map(CloneReport::missing).block(PATIENCE))
                .isEqualTo(20);
        StepVerifier.create(client.lookups().awaitRunning(plan.id()).count())
                .expectSubscription()
                .then(() -> Fixtures.await(() -> listings() > 3))
                .then(() -> clock.move(Duration.ofMinutes(3)))
                .then(() -> assertThat(client.reconcile(plan.id())
                                .map(CloneReport::complete)
                                .block(PATIENCE))
                        .isTrue())
                .then(() -> clock.move(Duration.ofMinutes(7)))
                .expectNext(60L)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void anInstanceThatCannotBeLookedUpIsNotCalledAbsent() {
        start(simulated());
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        simulator.close();
        assertThat(client.lookups()
                        .awaitRunning(plan.id(), AwaitOptions.within(Duration.ofSeconds(80)))
                        .map(InstanceState::detail)
                        .distinct()
                        .collectList()
                        .block(PATIENCE))
                .singleElement()
                .asString()
                .startsWith("it was not running within 80 s: its last look-up failed: ")
                .contains("refused");
    }

    @Test
    void anInstanceThatDoesNotRunByTheDeadlineIsEmittedAndTheWaitEnds() {
        start(simulated().initialisingFor(Duration.ofDays(1)));
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        List<InstanceState> states = client.lookups()
                .awaitRunning(plan.id(), AwaitOptions.within(Duration.ofSeconds(40)))
                .collectList()
                .block(PATIENCE);
        assertThat(states).hasSize(30).allSatisfy(state -> {
            assertThat(state.status()).isEqualTo(Status.TIMED_OUT);
            assertThat(state.detail()).isEqualTo("it was not running within 40 s: status 0");
        });
    }

    @Test
    void anInstanceWithAStatusThatIsMissingOrNotKnownIsWaitedFor() {
        start(simulated());
        ClonePlan plan = plan(1);
        client.clone(plan).blockLast(PATIENCE);
        String id = simulator.books().instanceIds().get(0);
        simulator.misbehave(Misbehaviour.scripted(
                LISTING,
                Stream.of("", ",\"Status\":null", ",\"Status\":7", ",\"Status\":\"2\"", ",\"Status\":-1")
                        .map(status -> Fixtures.response("\"TotalCount\":1,\"InstanceSet\":[{\"InstanceId\":\"" + id
                                + "\",\"InstanceName\":\"x\"" + status + "}]"))
                        .toArray(Fault[]::new)));
        int before = listings();
        assertThat(client.lookups().awaitRunning(plan.id()).collectList().block(PATIENCE))
                .singleElement()
                .extracting(InstanceState::status)
                .isEqualTo(Status.RUNNING);
        assertThat(listings() - before).isEqualTo(6);
    }

    @Test
    void outcomesAndRunningInstancesComeInOneStream() {
        start(simulated());
        ClonePlan plan = plan(250);
        List<Object> all = client.submit(plan)
                .thenMany(Flux.<Object>merge(
                        client.follow(plan.id()), client.lookups().awaitRunning(plan.id())))
                .collectList()
                .block(PATIENCE);
        assertThat(all).hasSize(9 + 250);
        assertThat(all).filteredOn(ChunkOutcome.class::isInstance).hasSize(9);
    }

    @Test
    void anInstanceWhoseCreationOrDealFailsOrThatIsIsolatedHasFailed() {
        start(simulated().lifeCycle(ordinal -> switch ((int) (ordinal % 3)) {
            case 0 -> Fate.runs(Duration.ZERO);
            case 1 -> Fate.fails(Duration.ZERO);
            default -> Fate.isolated(Duration.ZERO);
        }));
        ClonePlan plan = plan(60);
        client.clone(plan).blockLast(PATIENCE);
        List<InstanceState> states =
                client.lookups().awaitRunning(plan.id()).collectList().block(PATIENCE);
        assertThat(states).hasSize(60);
        assertThat(states).filteredOn(state -> state.status() == Status.RUNNING).hasSize(20);
        assertThat(states)
                .filteredOn(state -> state.status() == Status.FAILED)
                .extracting(InstanceState::detail)
                .allMatch(detail ->
                        detail.matches("it is isolated: status -[23]|its deal has status 5.*|its task \\d+ has failed"))
                .anyMatch(detail -> detail.startsWith("it is isolated"))
                .anyMatch(detail -> !detail.startsWith("it is isolated"));
    }

    @Test
    void anInstanceThatIsNotListedIsToleratedAtFirstAndThenFailed() {
        start(simulated().visibleAfter(Duration.ofDays(1)));
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        List<InstanceState> states = client.lookups()
                .awaitRunning(plan.id(), new AwaitOptions(Duration.ofHours(1), Duration.ofSeconds(12)))
                .collectList()
                .block(PATIENCE);
        assertThat(states).hasSize(30).allSatisfy(state -> {
            assertThat(state.status()).isEqualTo(Status.FAILED);
            assertThat(state.detail()).startsWith("it has not been listed for ");
            assertThat(state.instanceName()).startsWith(plan.markRoot());
        });
        clock.move(Duration.ofDays(2));
        assertThat(client.lookups().awaitRunning(plan.id()).blockFirst(PATIENCE).status())
                .isEqualTo(Status.RUNNING);
    }

    @Test
    void anotherProcessWaitsWithTheIdsInTheJournal() {
        start(simulated().initialisingFor(Duration.ofMinutes(9)));
        ClonePlan plan = plan("order-1", 60);
        try (CloneJournal journal = CloneJournal.jdbc(database());
                CloneClient first = client.toBuilder().journal(journal).build()) {
            first.clone(plan).blockLast(PATIENCE);
        }
        clock.move(Duration.ofMinutes(10));
        try (CloneJournal journal = CloneJournal.jdbc(database());
                CloneClient second = client.toBuilder().journal(journal).build()) {
            assertThat(second.lookups().awaitRunning(plan.id()).collectList().block(PATIENCE))
                    .hasSize(60)
                    .allSatisfy(state -> assertThat(state.age()).isEqualTo(Duration.ofMinutes(10)));
        }
    }

    @Test
    void anInstanceJoinsThoughItsPlaceWasThatOfOneWhichTheDatabaseHasLost() throws Exception {
        start(simulated());
        ClonePlan plan = plan("order-1", 90);
        List<ChunkOutcome> bought = client.clone(plan)
                .collectSortedList(
                        Comparator.comparing(outcome -> outcome.chunk().index()))
                .block(PATIENCE);
        try (CloneJournal journal = CloneJournal.jdbc(database());
                CloneClient other = client.toBuilder().journal(journal).build()) {
            PlanJournal running = journal.open(plan, Fixtures.REGION).block(PATIENCE);
            settle(running, bought.get(0));
            settle(running, bought.get(1));
            List<InstanceState> states = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> end = other.lookups()
                    .awaitRunning(plan.id())
                    .doOnNext(states::add)
                    .then()
                    .toFuture();
            Fixtures.await(() -> states.size() == 60);
            try (Connection connection = database().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate("DELETE FROM ramet_chunk");
            }
            settle(running, bought.get(2));
            running.release().block(PATIENCE);
            end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(states)
                    .extracting(InstanceState::instanceId)
                    .containsExactlyInAnyOrderElementsOf(simulator.books().instanceIds());
        }
    }

    private static void settle(PlanJournal running, ChunkOutcome outcome) {
        running.sending(outcome.chunk(), 100).block(PATIENCE);
        running.settled(outcome).block(PATIENCE);
    }

    @Test
    void allThatWaitInAClientShareOnePoll() {
        start(simulated().initialisingFor(Duration.ofDays(1)));
        ClonePlan one = plan(120);
        ClonePlan other = plan(60);
        client.clone(one).thenMany(client.clone(other)).blockLast(PATIENCE);
        int before = listings();
        AwaitOptions options = AwaitOptions.within(Duration.ofSeconds(30));
        long states = Flux.range(0, 20)
                .flatMap(i -> client.lookups().awaitRunning(i % 2 == 0 ? one.id() : other.id(), options), 20)
                .count()
                .block(PATIENCE);
        assertThat(states).isEqualTo(10 * (120 + 60));
        // The rounds begin after 0, 5, 13 and 24 s, with two requests each but for the first ones, while waits are
        // joining.
        assertThat(listings() - before).isLessThanOrEqualTo(10);
    }

    @Test
    void aPlanWhoseInstancesAllRunIsNotPolledAgain() {
        start(simulated());
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        int before = listings();
        assertThat(client.lookups().awaitRunning(plan.id()).count().block(PATIENCE))
                .isEqualTo(30);
        LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
        assertThat(listings() - before).isEqualTo(1);
    }

    @Test
    void aLookUpThatFailsIsRepeatedAndIsNoAbsence() {
        start(simulated());
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        simulator.misbehave(Misbehaviour.scripted(
                LISTING,
                Fault.html502(false),
                Fault.throttle(),
                Fault.error("InternalError", false),
                Fault.close(Fault.Stage.BEFORE_EXECUTING),
                Fault.garbage()));
        assertThat(client.lookups()
                        .awaitRunning(plan.id(), new AwaitOptions(Duration.ofHours(1), Duration.ZERO))
                        .collectList()
                        .block(PATIENCE))
                .hasSize(30)
                .allMatch(state -> state.status() == Status.RUNNING);
    }

    @Test
    void aMissingPermissionEndsTheWaitWithTheRefusal() {
        start(simulated());
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        simulator.misbehave(
                Misbehaviour.ofAction(LISTING, arrival -> Fault.error("UnauthorizedOperation.NoCAMAuthed", false)));
        assertThatThrownBy(() -> client.lookups().awaitRunning(plan.id()).blockLast(PATIENCE))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(refusal.code().name()).isEqualTo("UnauthorizedOperation.NoCAMAuthed"));
        simulator.misbehave(Misbehaviour.none());
        assertThat(client.lookups().awaitRunning(plan.id()).count().block(PATIENCE))
                .isEqualTo(30);
    }

    @Test
    void anUnknownPlanAndAClosedClientFail() {
        start(simulated().initialisingFor(Duration.ofDays(1)));
        PlanId unknown = PlanId.of("no-such");
        assertThatThrownBy(() -> client.lookups().awaitRunning(unknown).blockLast(PATIENCE))
                .isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> client.lookups().instances(unknown).blockLast(PATIENCE))
                .isInstanceOf(UnknownPlanException.class);
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        StepVerifier.create(client.lookups().awaitRunning(plan.id()))
                .expectSubscription()
                .then(client::close)
                .expectError(ClientClosedException.class)
                .verify(PATIENCE);
        assertThatThrownBy(() -> client.lookups().instances(plan.id()).blockLast(PATIENCE))
                .isInstanceOf(ClientClosedException.class);
    }

    @Test
    void cancellingTheLastWaitStopsThePoll() {
        start(simulated().initialisingFor(Duration.ofDays(1)));
        ClonePlan plan = plan(30);
        client.clone(plan).blockLast(PATIENCE);
        int before = listings();
        StepVerifier.create(client.lookups().awaitRunning(plan.id()))
                .expectSubscription()
                .then(() -> Fixtures.await(() -> listings() > before))
                .thenCancel()
                .verify(PATIENCE);
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        int after = listings();
        LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
        assertThat(listings()).isEqualTo(after);
    }

    @Test
    void aSlowSubscriberDoesNotHoldUpTheOthers() {
        start(simulated());
        ClonePlan plan = plan(250);
        client.clone(plan).blockLast(PATIENCE);
        StepVerifier.create(client.lookups().awaitRunning(plan.id()), 1)
                .expectNextCount(1)
                .then(() -> assertThat(
                                client.lookups().awaitRunning(plan.id()).count().block(PATIENCE))
                        .isEqualTo(250))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(249)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void instancesAreLookedUpOnceWithTheirStatus() {
        start(simulated().initialisingFor(Duration.ofMinutes(9)));
        ClonePlan plan = plan(150);
        client.clone(plan).blockLast(PATIENCE);
        int before = listings();
        assertThat(client.lookups().instances(plan.id()).collectList().block(PATIENCE))
                .hasSize(150)
                .allMatch(state -> state.status() == Status.STARTING);
        clock.move(Duration.ofMinutes(10));
        assertThat(client.lookups().instances(plan.id()).collectList().block(PATIENCE))
                .hasSize(150)
                .allMatch(state -> state.status() == Status.RUNNING);
        assertThat(listings() - before).isEqualTo(4);
    }

    private SimulatorBuilder simulated() {
        return Simulator.builder()
                .limit(RateLimit.none())
                .limit(LISTING, RateLimit.none())
                .clock(clock);
    }

    private void start(SimulatorBuilder builder) {
        simulator = builder.start();
        client = Fixtures.client(simulator)
                .clock(clock)
                .auditFor(Duration.ZERO)
                .callTimeout(Duration.ofMinutes(4))
                .reconcileFor(Duration.ofSeconds(15))
                .time(time, time.clock())
                .build();
    }

    private SQLiteDataSource database() {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        return database;
    }

    private int listings() {
        return simulator.books().arrivals(LISTING).size();
    }
}
