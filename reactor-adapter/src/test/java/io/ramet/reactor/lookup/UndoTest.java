package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.model.InstanceState;
import io.ramet.model.UndoOutcome;
import io.ramet.model.UndoOutcome.Result;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.FastForwardScheduler;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.MovableClock;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanUndoneException;
import io.ramet.reactor.journal.UndoEntry;
import io.ramet.reactor.journal.UndoEntry.Step;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.lookup.UndoRefusedException.Reason;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.InstanceChange;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Only an undo destroys, and only what its plan has bought: the simulator's books judge. */
class UndoTest {

    private static final String DESTROY = "DestroyPostpaidInstance";
    private static final int CHANGING = 1;
    private static final int RUNNING = 2;
    private static final int ISOLATED = -2;
    private static final PlanId ORDER = PlanId.of("order-1");
    private static final UndoConfirmation SIXTY = UndoConfirmation.of(ORDER, 60);

    private final MovableClock clock = new MovableClock();
    private final FastForwardScheduler time = new FastForwardScheduler(20);

    @TempDir
    private Path folder;

    private Simulator simulator;
    private CloneJournal journal;
    private CloneClient client;

    @AfterEach
    void close() {
        client.close();
        journal.close();
        simulator.close();
    }

    @Test
    void exactlyTheInstancesOfThePlanAreIsolatedAndOnlyOnce() {
        start(simulated());
        buy(60);
        client.clone(Fixtures.plan("order-2", 60)).blockLast(PATIENCE);
        List<UndoOutcome> outcomes = undo(SIXTY);
        assertThat(outcomes).hasSize(60).allSatisfy(outcome -> {
            assertThat(outcome.result()).isEqualTo(Result.ISOLATED);
            assertThat(outcome.detail()).matches("task \\d+");
            assertThat(outcome.isIsolated()).isTrue();
        });
        assertThat(destroyed())
                .containsExactlyInAnyOrderElementsOf(
                        outcomes.stream().map(UndoOutcome::instanceId).toList())
                .doesNotHaveDuplicates();
        assertThat(destroyedOutsideOrder1()).isZero();
        assertThat(undo(SIXTY)).hasSize(60).allMatch(outcome -> outcome.result() == Result.ALREADY_ISOLATED);
        assertThat(destroyed()).hasSize(60);
        assertThat(states("order-2")).containsOnly(InstanceState.Status.RUNNING);
        assertThat(states("order-1")).containsOnly(InstanceState.Status.ISOLATED);
        assertThat(simulator.books().alarms()).isEmpty();
    }

    @Test
    void aTaskIdMayBeText() {
        start(simulated().taskIdAsText());
        buy(30);
        assertThat(undo(UndoConfirmation.of(ORDER, 30)))
                .hasSize(30)
                .allMatch(outcome -> outcome.detail().matches("task \\d+"));
    }

    @Test
    void aConfirmationThatDoesNotFitSendsNothing() {
        start(simulated());
        buy(60);
        assertRefused(UndoConfirmation.of(ORDER, 59), Reason.WRONG_NUMBER);
        assertThatThrownBy(() -> undo(UndoConfirmation.of(PlanId.of("order-2"), 60)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("confirmation order-2: must be for plan order-1");
        assertThatThrownBy(() -> client.undo(PlanId.of("x"), UndoConfirmation.of(PlanId.of("x"), 60))
                        .blockLast(PATIENCE))
                .isInstanceOf(UnknownPlanException.class);
        assertThat(simulator.books().changes()).isEmpty();
        assertThat(client.cloneReport(Fixtures.plan("order-1", 60))
                        .block(PATIENCE)
                        .complete())
                .as("it still runs")
                .isTrue();
    }

    @Test
    void prepaidInstancesNeedAConsentOfTheirOwn() {
        start(simulated());
        client.clone(ClonePlan.of(ORDER, Fixtures.request(60).monthly(1).build()))
                .blockLast(PATIENCE);
        assertRefused(SIXTY, Reason.PREPAID);
        assertThat(simulator.books().changes()).isEmpty();
        assertThat(undo(SIXTY.withPrepaid()))
                .hasSize(60)
                .allMatch(outcome -> outcome.result() == Result.ISOLATED)
                .allMatch(outcome -> outcome.detail().startsWith("order "));
        assertThat(simulator.books().changes())
                .extracting(InstanceChange::action)
                .containsOnly("DestroyPrepaidInstance");
        assertThat(client.restore(ORDER).collectList().block(PATIENCE))
                .hasSize(60)
                .allMatch(outcome -> outcome.result() == Result.KEPT);
    }

    @Test
    void aPlanThatIsRunningIsRefused() {
        start(simulated().latency(Duration.ofMillis(500), Duration.ofMillis(500)));
        client.submit(Fixtures.plan("order-1", 60)).block(PATIENCE);
        // Refused twice over: by what is being sent, and by the claim.
        assertThatThrownBy(() -> undo(SIXTY)).isInstanceOfAny(PlanBusyException.class, UndoRefusedException.class);
        PlanJournal held =
                journal.open(Fixtures.plan("order-3", 30), Fixtures.REGION).block(PATIENCE);
        assertThatThrownBy(() -> client.restore(PlanId.of("order-3")).blockLast(PATIENCE))
                .isInstanceOf(PlanBusyException.class);
        held.release().block(PATIENCE);
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void aPlanWithChunksWithoutAnOutcomeMustBeReconciledFirst() {
        start(simulated());
        ClonePlan plan = Fixtures.plan("order-1", 60);
        PlanJournal open = journal.open(plan, Fixtures.REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.handOff().block(PATIENCE);
        assertRefused(SIXTY, Reason.UNSETTLED);
        assertThat(client.recover().collectList().block(PATIENCE)).containsExactly(ORDER);
    }

    @Test
    void anInstanceWithAnotherNameIsKept() {
        start(simulated());
        buy(30);
        List<String> ids = simulator.books().instanceIds();
        String listing = ids.stream()
                .map(id -> "{\"InstanceId\":\"" + id
                        + "\",\"InstanceName\":\"orders-prod\",\"Status\":2,\"BillingMode\":0}")
                .collect(Collectors.joining(",", "{\"Response\":{\"TotalCount\":30,\"InstanceSet\":[", "]}}"));
        simulator.misbehave(Misbehaviour.scripted(
                "DescribeInstances", Fault.response(200, Map.of("Content-Type", "application/json"), listing, false)));
        assertThat(undo(UndoConfirmation.of(ORDER, 30))).hasSize(30).allSatisfy(outcome -> {
            assertThat(outcome.result()).isEqualTo(Result.KEPT);
            assertThat(outcome.detail()).startsWith("its name is not ");
        });
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void anInstanceThatIsNotListedIsNotTouched() {
        start(simulated().visibleAfter(Duration.ofDays(1)));
        buy(30);
        assertThat(undo(UndoConfirmation.of(ORDER, 30)))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.NOT_LISTED);
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void aRequestThatWasHeldBackIsSentAgainAndOneThatMayHaveBeenExecutedIsLookedUp() {
        start(simulated());
        buy(30);
        simulator.misbehave(Misbehaviour.scripted(
                DESTROY,
                Fault.throttle(),
                Fault.close(Stage.AFTER_EXECUTING),
                Fault.error("InternalError", true),
                Fault.garbage(true)));
        assertThat(undo(UndoConfirmation.of(ORDER, 30)))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.ISOLATED);
        assertThat(destroyed()).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void aRefusalAndADoubtAreOutcomesAndTheNextUndoMendsThem() {
        start(simulated());
        buy(30);
        simulator.misbehave(Misbehaviour.scripted(
                DESTROY, Fault.error("UnauthorizedOperation.NoCAMAuthed", false), Fault.close(Stage.BEFORE_EXECUTING)));
        Map<Result, Long> results = undo(UndoConfirmation.of(ORDER, 30)).stream()
                .collect(Collectors.groupingBy(UndoOutcome::result, Collectors.counting()));
        assertThat(results).isEqualTo(Map.of(Result.ISOLATED, 28L, Result.REFUSED, 1L, Result.IN_DOUBT, 1L));
        assertThat(steps().values().stream().filter(step -> step == Step.ISOLATING))
                .hasSize(1);
        results = undo(UndoConfirmation.of(ORDER, 30)).stream()
                .collect(Collectors.groupingBy(UndoOutcome::result, Collectors.counting()));
        assertThat(results).isEqualTo(Map.of(Result.ISOLATED, 2L, Result.ALREADY_ISOLATED, 28L));
        assertThat(destroyed()).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void anUndoThatBrokeOffIsResumedByAnotherProcess() {
        start(simulated());
        buy(60);
        simulator.misbehave(
                Misbehaviour.ofAction(DESTROY, arrival -> arrival.ordinal() > 20 ? Fault.hang(true) : Fault.none()));
        StepVerifier.create(client.undo(ORDER, SIXTY))
                .expectNextCount(20)
                .thenCancel()
                .verify(PATIENCE);
        client.close();
        journal.close();
        assertThat(steps(database())).containsValue(Step.ISOLATED);
        simulator.misbehave(Misbehaviour.none());
        connect();
        assertThat(undo(SIXTY)).hasSize(60).allMatch(UndoOutcome::isIsolated);
        assertThat(destroyed()).hasSize(60).doesNotHaveDuplicates();
        assertThat(steps())
                .hasSize(60)
                .allSatisfy((id, step) -> assertThat(step).isEqualTo(Step.ISOLATED));
    }

    @Test
    void aRecordIsDurableBeforeEachRequest() {
        start(simulated());
        buy(30);
        simulator.misbehave(Misbehaviour.ofAction(DESTROY, arrival -> Fault.hang(false)));
        StepVerifier.create(client.undo(ORDER, UndoConfirmation.of(ORDER, 30)))
                .expectSubscription()
                .then(() -> Fixtures.await(
                        () -> !simulator.books().arrivals(DESTROY).isEmpty()))
                .thenCancel()
                .verify(PATIENCE);
        int arrived = simulator.books().arrivals(DESTROY).size();
        assertThat(arrived).isPositive();
        assertThat(steps().values().stream()
                        .filter(step -> step == Step.ISOLATING)
                        .count())
                .isGreaterThanOrEqualTo(arrived);
    }

    @Test
    void anUndonePlanBuysNoMoreUntilItIsRestored() {
        start(simulated());
        simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.error("UnauthorizedOperation", false)));
        client.clone(Fixtures.plan("order-1", 90)).blockLast(PATIENCE);
        UndoConfirmation bought = UndoConfirmation.of(ORDER, simulator.books().bought());
        undo(bought);
        int executions = simulator.books().executions().size();
        assertThatThrownBy(() -> client.clone(Fixtures.plan("order-1", 90)).blockLast(PATIENCE))
                .isInstanceOf(PlanUndoneException.class);
        assertThatThrownBy(() -> client.resume(ORDER).blockLast(PATIENCE)).isInstanceOf(PlanUndoneException.class);
        assertThat(simulator.books().executions()).hasSize(executions);
        clock.move(Duration.ofMinutes(3));
        assertThat(client.restore(ORDER).collectList().block(PATIENCE))
                .hasSize(bought.instances())
                .allMatch(outcome -> outcome.result() == Result.RESTORED);
        assertThat(states("order-1")).containsOnly(InstanceState.Status.RUNNING);
        assertThat(client.cloneReport(Fixtures.plan("order-1", 90))
                        .map(CloneReport::complete)
                        .block(PATIENCE))
                .isTrue();
    }

    @Test
    void anAbandonedPlanIsNotRecoveredOnceItIsUndone() {
        start(simulated());
        ClonePlan plan = Fixtures.plan("order-1", 90);
        buy(90);
        // As if its run had been interrupted.
        journal.open(plan, Fixtures.REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        undo(UndoConfirmation.of(ORDER, 90));
        assertThat(client.recover().collectList().block(PATIENCE)).isEmpty();
    }

    @Test
    void restoringAPlanThatWasNotUndoneSendsNothing() {
        start(simulated());
        buy(30);
        assertThat(client.restore(ORDER).collectList().block(PATIENCE))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.ALREADY_RUNNING);
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void anInstanceThatWasIsolatedAMomentAgoIsNotReturnedTwiceByAnOldListing() {
        start(simulated());
        buy(30);
        undo(UndoConfirmation.of(ORDER, 30));
        listed(RUNNING);
        assertThat(undo(UndoConfirmation.of(ORDER, 30))).hasSize(30).allSatisfy(outcome -> {
            assertThat(outcome.result()).isEqualTo(Result.ISOLATED);
            assertThat(outcome.detail()).matches("it is being isolated; task \\d+");
        });
        assertThat(simulator.books().arrivals(DESTROY)).hasSize(30);
        assertThat(steps()).hasSize(30).containsValue(Step.ISOLATED).doesNotContainValue(Step.ISOLATING);
    }

    @Test
    void anInstanceThatWasStartedAMomentAgoIsNotCalledIsolatedByAnOldListing() {
        start(simulated());
        buy(30);
        undo(UndoConfirmation.of(ORDER, 30));
        client.restore(ORDER).blockLast(PATIENCE);
        listed(ISOLATED);
        assertThat(client.restore(ORDER).collectList().block(PATIENCE))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.RESTORED);
        listed(ISOLATED);
        assertThat(undo(UndoConfirmation.of(ORDER, 30))).hasSize(30).allSatisfy(outcome -> {
            assertThat(outcome.result()).isEqualTo(Result.KEPT);
            assertThat(outcome.detail()).startsWith("it was started a moment ago; task ");
        });
        assertThat(undo(UndoConfirmation.of(ORDER, 30)))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.ISOLATED);
        assertThat(simulator.books().changes()).hasSize(90);
    }

    @Test
    void anInstanceInAWorkflowIsInDoubtIfTheRequestToIsolateItWasPerhapsNeverSent() {
        start(simulated());
        buy(30);
        killedBeforeTheRequestsWereSent();
        listed(CHANGING);
        assertThat(undo(UndoConfirmation.of(ORDER, 30)))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.IN_DOUBT);
        assertThat(simulator.books().changes()).isEmpty();
        assertThat(undo(UndoConfirmation.of(ORDER, 30)))
                .hasSize(30)
                .allMatch(outcome -> outcome.result() == Result.ISOLATED);
    }

    @Test
    void aRefusalWhileAnEarlierRequestMayBeInFlightIsADoubt() {
        start(simulated());
        buy(30);
        killedBeforeTheRequestsWereSent();
        simulator.misbehave(
                Misbehaviour.scripted(DESTROY, Fault.error("ResourceUnavailable.InstanceStatusError", false)));
        Map<Result, Long> results = undo(UndoConfirmation.of(ORDER, 30)).stream()
                .collect(Collectors.groupingBy(UndoOutcome::result, Collectors.counting()));
        assertThat(results).isEqualTo(Map.of(Result.ISOLATED, 29L, Result.IN_DOUBT, 1L));
        assertThat(steps().values()).filteredOn(Step.ISOLATING::equals).hasSize(1);
    }

    /** As a process leaves the journal that is killed before any request has left it. */
    private void killedBeforeTheRequestsWereSent() {
        PlanJournal killed = journal.openToUndo(ORDER, Fixtures.REGION).block(PATIENCE);
        simulator
                .books()
                .instanceIds()
                .forEach(
                        id -> killed.undo(new UndoEntry(id, Step.ISOLATING, "")).block(PATIENCE));
        killed.release().block(PATIENCE);
    }

    /** The next listing, as it would be with a status that all instances have no more. */
    private void listed(int status) {
        List<String> instances = simulator.books().executions().stream()
                .flatMap(bought -> bought.instanceIds().stream()
                        .map(id -> "{\"InstanceId\":\"" + id + "\",\"InstanceName\":\"" + bought.instanceName()
                                + "\",\"Status\":" + status + ",\"BillingMode\":0}"))
                .toList();
        String listing = "{\"Response\":{\"TotalCount\":" + instances.size() + ",\"InstanceSet\":" + instances + "}}";
        simulator.misbehave(Misbehaviour.scripted(
                "DescribeInstances", Fault.response(200, Map.of("Content-Type", "application/json"), listing, false)));
    }

    private void buy(int goodsNum) {
        client.clone(Fixtures.plan("order-1", goodsNum)).blockLast(PATIENCE);
        assertThat(simulator.books().bought()).isEqualTo(goodsNum);
    }

    private List<UndoOutcome> undo(UndoConfirmation confirmation) {
        return client.undo(ORDER, confirmation).collectList().block(PATIENCE);
    }

    private void assertRefused(UndoConfirmation confirmation, Reason reason) {
        assertThatThrownBy(() -> undo(confirmation)).isInstanceOfSatisfying(UndoRefusedException.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.planId()).isEqualTo(ORDER);
        });
    }

    private List<String> destroyed() {
        return simulator.books().destructions().stream()
                .map(InstanceChange::instanceId)
                .toList();
    }

    private int destroyedOutsideOrder1() {
        String root = Fixtures.plan("order-1", 1).markRoot();
        return simulator
                .books()
                .destructionsOutside(execution -> execution.instanceName().startsWith(root))
                .size();
    }

    private List<InstanceState.Status> states(String plan) {
        return client.lookups()
                .instances(PlanId.of(plan))
                .map(InstanceState::status)
                .collectList()
                .block(PATIENCE);
    }

    private Map<String, Step> steps() {
        return steps(journal);
    }

    private Map<String, Step> steps(SQLiteDataSource database) {
        try (CloneJournal reading = CloneJournal.jdbc(database)) {
            return steps(reading);
        }
    }

    private static Map<String, Step> steps(CloneJournal journal) {
        Flux<UndoEntry> entries = journal.undone(ORDER);
        return entries.collectMap(UndoEntry::instanceId, UndoEntry::step).block(PATIENCE);
    }

    private SimulatorBuilder simulated() {
        SimulatorBuilder builder = Simulator.builder().limit(RateLimit.none()).clock(clock);
        List.of("DescribeInstances", DESTROY, "DestroyPrepaidInstance", "StartupInstance")
                .forEach(action -> builder.limit(action, RateLimit.none()));
        return builder;
    }

    private void start(SimulatorBuilder builder) {
        simulator = builder.start();
        connect();
    }

    private void connect() {
        journal = CloneJournal.jdbc(database());
        client = Fixtures.client(simulator)
                .clock(clock)
                .journal(journal)
                .auditFor(Duration.ZERO)
                .callTimeout(Duration.ofMinutes(4))
                .time(time, time.clock())
                .build();
    }

    private SQLiteDataSource database() {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        return database;
    }
}
