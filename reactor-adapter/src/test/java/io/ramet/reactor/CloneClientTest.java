package io.ramet.reactor;

import static io.ramet.reactor.BooksAssert.assertTruth;
import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.client;
import static io.ramet.reactor.Fixtures.plan;
import static io.ramet.reactor.Fixtures.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ClientClosedException;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanIncompleteException;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.CredentialsUnavailableException;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The promises of {@link CloneClient}, each against the simulator's books. */
class CloneClientTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private Simulator simulator;
    private CloneClient client;
    private SimulatorBuilder unpaced;

    @AfterEach
    public void close() {
        client.close();
        simulator.close();
    }

    @Test
    void aPlanIsBoughtWithTheFewestRequestsAndNoSecondSeesMoreThanTwenty() {
        start(Simulator.builder());
        // A cold server delays the first requests, and the shaper does not know yet how long responses take.
        outcomes(Fixtures.plan("first", 90));
        ClonePlan plan = plan(1_000);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth("healthy", simulator, plan, outcomes);
        assertThat(outcomes).hasSize(34).allMatch(Cloned.class::isInstance);
        assertThat(simulator.books().bought()).isEqualTo(90 + 1_000);
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(3 + 34);
        assertThat(simulator.books().throttled()).isZero();
        assertThat(simulator.books().peak("CloneInstances", SECOND)).isLessThanOrEqualTo(20);
    }

    @Test
    void subscribingAgainReplaysAndBuysNothing() {
        start(fast());
        ClonePlan plan = plan(250);
        List<ChunkOutcome> first = outcomes(plan);
        assertThat(outcomes(plan)).isEqualTo(first);
        assertThat(client.clone(plan).repeat(2).count().block(PATIENCE)).isEqualTo(27);
        assertThat(simulator.books().executions()).hasSize(9);
    }

    @Test
    void twoSubscribersAtOnceBuyOnceAndBothSeeEverything() {
        start(fast());
        ClonePlan plan = plan(250);
        List<CloneReport> reports = Flux.merge(
                        client.cloneReport(plan), client.cloneReport(plan), client.cloneReport(plan))
                .collectList()
                .block(PATIENCE);
        assertThat(reports).hasSize(3).allMatch(CloneReport::complete);
        assertThat(simulator.books().executions()).hasSize(9);
    }

    @Test
    void theSamePlanIdWithAnotherRequestIsRefusedAndBuysNothing() {
        start(fast());
        outcomes(plan("order-1", 30));
        ClonePlan other = plan("order-1", 60);
        assertThatThrownBy(() -> outcomes(other)).isInstanceOf(PlanConflictException.class);
        assertThat(simulator.books().bought()).isEqualTo(30);
    }

    @Test
    void theSamePlanIdWithAnotherRequestIsRefusedWhileTheFirstIsRunning() {
        start(fast().latency(Duration.ofMillis(200), Duration.ofMillis(200)));
        Mono<CloneReport> first = client.cloneReport(plan("order-2", 30)).cache();
        first.subscribe();
        assertThatThrownBy(() -> outcomes(plan("order-2", 60))).isInstanceOf(PlanConflictException.class);
        assertThat(first.block(PATIENCE).complete()).isTrue();
    }

    @Test
    void nothingIsBoughtBeforeTheFirstDemand() {
        start(fast());
        ClonePlan plan = plan(60);
        StepVerifier.create(client.clone(plan), 0)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100))
                .then(() -> assertThat(simulator.books().arrivals()).isEmpty())
                .thenRequest(2)
                .expectNextCount(2)
                .expectComplete()
                .verify(PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void requestsRunAheadOfDemandByMaxInFlightAndNoFurther(int maxInFlight) {
        start(fast(), builder -> builder.maxInFlight(maxInFlight));
        ClonePlan plan = plan(900);
        StepVerifier.create(client.clone(plan), 3)
                .expectNextCount(3)
                .then(() -> awaitArrivals(3 + maxInFlight))
                .expectNoEvent(Duration.ofMillis(100))
                .then(() -> assertThat(simulator.books().executions()).hasSize(3 + maxInFlight))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(27)
                .expectComplete()
                .verify(PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void noMoreThanMaxInFlightRequestsAreInFlightAtOnce(int maxInFlight) {
        InFlight inFlight = new InFlight();
        start(
                fast().latency(Duration.ofMillis(60), Duration.ofMillis(100)),
                builder -> builder.maxInFlight(maxInFlight).observer(inFlight));
        outcomes(plan(900));
        assertThat(inFlight.most.get()).isEqualTo(maxInFlight);
    }

    @Test
    void cancellingStopsSendingAndAccountsForTheRequestsInFlight() {
        start(Simulator.builder(), CloneClientTest::paced);
        ClonePlan plan = plan(900);
        client.clone(plan).take(1).blockLast(PATIENCE);
        int before = client.clone(plan).take(1).count().block(PATIENCE).intValue();
        assertThat(before).isEqualTo(1);
        assertThat(simulator.books().executions().size()).isLessThan(15);
        List<ChunkOutcome> all = outcomes(plan);
        assertTruth("after cancelling", simulator, plan, all);
        assertThat(all).allMatch(Cloned.class::isInstance);
        assertThat(simulator.books().bought()).isEqualTo(900);
    }

    @Test
    void aSubmittedPlanIsBoughtWithoutASubscriber() {
        start(fast());
        ClonePlan plan = plan(250);
        client.submit(plan).block(PATIENCE);
        client.submit(plan).block(PATIENCE);
        client.clone(plan).take(1).blockLast(PATIENCE);
        awaitExecutions(9);
        assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        assertThat(simulator.books().bought()).isEqualTo(250);
    }

    @Test
    void aRefusalThatAllWouldShareStopsTheSendingAndTheRestIsNotSent() {
        start(
                Simulator.builder()
                        .misbehaviour(Misbehaviour.scripted(
                                Fault.none(), Fault.none(), Fault.error("ResourceUnavailable.SaleOut", false))),
                CloneClientTest::paced);
        ClonePlan plan = plan(900);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth("sold out", simulator, plan, outcomes);
        List<NotCloned> not = outcomes.stream()
                .filter(NotCloned.class::isInstance)
                .map(NotCloned.class::cast)
                .toList();
        assertThat(not)
                .filteredOn(NotCloned::refused)
                .singleElement()
                .satisfies(refused -> assertThat(
                                ((ApiRefusal) refused.failure()).code().name())
                        .isEqualTo("ResourceUnavailable.SaleOut"));
        assertThat(not)
                .filteredOn(outcome -> !outcome.refused())
                .isNotEmpty()
                .allSatisfy(
                        rest -> assertThat(((NotSent) rest.failure()).reason()).isEqualTo(NotSent.Reason.RUN_STOPPED));
        assertThat(simulator.books().arrivals("CloneInstances").size()).isLessThan(10);
    }

    @Test
    void unsentAndRefusedChunksAreSentWhenThePlanIsSubscribedToAgain() {
        start(
                fast().misbehaviour(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false))),
                builder -> builder.visibilityLag(Duration.ZERO));
        ClonePlan plan = plan(90);
        outcomes(plan);
        List<ChunkOutcome> again = outcomes(plan);
        assertTruth("again", simulator, plan, again);
        assertThat(again).allMatch(Cloned.class::isInstance);
        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    @Test
    void theOtherChunksAreSentAfterARefusalIfTheCallerChoosesSo() {
        start(
                fast().misbehaviour(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false))),
                builder -> builder.stopOnRefusal(false));
        List<ChunkOutcome> outcomes = outcomes(plan(90));
        assertThat(outcomes).filteredOn(Cloned.class::isInstance).hasSize(2);
        assertThat(outcomes).filteredOn(NotCloned.class::isInstance).hasSize(1);
    }

    @Test
    void dealsComeAndThenTheReportOfWhatIsMissing() {
        start(
                fast().misbehaviour(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false))),
                builder -> builder.stopOnRefusal(false));
        List<Deal> deals = new ArrayList<>();
        assertThatThrownBy(
                        () -> client.cloneDeals(plan(90)).doOnNext(deals::add).blockLast(PATIENCE))
                .isInstanceOfSatisfying(PlanIncompleteException.class, incomplete -> {
                    assertThat(incomplete.report().cloned()).isEqualTo(60);
                    assertThat(incomplete.report().notCloned()).isEqualTo(30);
                });
        assertThat(deals).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RequestLimitExceeded",
                "RequestLimitExceeded.UinLimitExceeded",
                "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
                "RequestLimitExceeded.IPLimitExceeded"
            })
    void aThrottledRequestIsSentAgain(String code) {
        start(Simulator.builder().misbehaviour(Misbehaviour.scripted(Fault.throttle(code), Fault.throttle(code))));
        ClonePlan plan = plan(90);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth(code, simulator, plan, outcomes);
        assertThat(simulator.books().bought()).isEqualTo(90);
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(5);
    }

    @Test
    void aThrottledRequestPausesAllForAWindow() {
        start(Simulator.builder().misbehaviour(Misbehaviour.scripted(Fault.throttle())));
        outcomes(plan(300));
        List<Long> arrivals = simulator.books().arrivals("CloneInstances").stream()
                .map(arrival -> arrival.nanoTime())
                .toList();
        long longest = 0;
        for (int i = 1; i < arrivals.size(); i++) {
            longest = Math.max(longest, arrivals.get(i) - arrivals.get(i - 1));
        }
        // Less than a window, because the requests before the pause may arrive late on a busy machine.
        assertThat(Duration.ofNanos(longest)).isGreaterThan(Duration.ofMillis(500));
    }

    @Test
    void aServerWithAnotherWindowIsSatisfiedInTheEnd() {
        start(Simulator.builder().limit(RateLimit.tokenBucket(2, 10)));
        ClonePlan plan = plan(450);
        assertTruth("slower server", simulator, plan, outcomes(plan));
        assertThat(simulator.books().bought()).isEqualTo(450);
        assertThat(simulator.books().throttled()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "InternalError.InternalError",
                "FailedOperation.SystemError",
                "ServiceUnavailable",
                "RequestLimitExceeded.SomethingNew",
                "Never.HeardOfIt"
            })
    void anErrorOfUnknownStageIsNeverSentAgainAndIsLookedUp(String code) {
        for (boolean executed : new boolean[] {true, false}) {
            start(fast().misbehaviour(Misbehaviour.scripted(Fault.error(code, executed))));
            ClonePlan plan = plan(60);
            List<ChunkOutcome> outcomes = outcomes(plan);
            assertTruth(code, simulator, plan, outcomes);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
            assertThat(outcomes).filteredOn(InDoubt.class::isInstance).hasSize(executed ? 0 : 1);
            close();
        }
        start(fast());
    }

    @Test
    void aFailedPaymentIsInDoubtAndStopsTheSending() {
        start(
                Simulator.builder()
                        .misbehaviour(Misbehaviour.scripted(Fault.error("FailedOperation.PayFailed", false))),
                CloneClientTest::paced);
        ClonePlan plan = plan(900);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth("payment", simulator, plan, outcomes);
        assertThat(outcomes).filteredOn(InDoubt.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(NotCloned.class::isInstance).hasSizeGreaterThan(20);
    }

    @Test
    void aChunkWhoseResponseIsLostIsFoundByItsMarkAndClonedWithoutADealId() {
        start(fast().misbehaviour(Misbehaviour.scripted(Fault.close(Fault.Stage.AFTER_EXECUTING))));
        ClonePlan plan = plan(60);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth("lost", simulator, plan, outcomes);
        assertThat(outcomes).allMatch(Cloned.class::isInstance);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.orElseThrow().name().isEmpty())
                .hasSize(1);
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
    }

    @Test
    void anInstanceThatShowsLateIsStillFound() {
        start(
                fast().misbehaviour(Misbehaviour.scripted(
                        Fault.close(Fault.Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMillis(300))))),
                builder -> builder.reconcileFor(Duration.ofSeconds(2)));
        List<ChunkOutcome> outcomes = outcomes(plan(30));
        assertThat(outcomes).allMatch(Cloned.class::isInstance);
    }

    @Test
    void aRequestThatWasNeverExecutedIsInDoubtAllTheSame() {
        start(fast().misbehaviour(Misbehaviour.scripted(Fault.close(Fault.Stage.BEFORE_EXECUTING))));
        ClonePlan plan = plan(60);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth("lost before", simulator, plan, outcomes);
        assertThat(outcomes)
                .filteredOn(InDoubt.class::isInstance)
                .singleElement()
                .satisfies(doubt -> assertThat(((InDoubt) doubt).failure()).isInstanceOf(LostResponse.class));
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
        assertThat(outcomes(plan)).as("and stays so").containsExactlyElementsOf(outcomes);
    }

    @Test
    void threeChunksInDoubtStopTheSending() {
        start(
                Simulator.builder().misbehaviour(Misbehaviour.always(Fault.close(Fault.Stage.BEFORE_EXECUTING))),
                CloneClientTest::paced);
        ClonePlan plan = plan(900);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertTruth("sick", simulator, plan, outcomes);
        assertThat(outcomes).filteredOn(InDoubt.class::isInstance).hasSizeBetween(3, 6);
        assertThat(outcomes).filteredOn(NotCloned.class::isInstance).hasSizeGreaterThan(20);
        assertThat(simulator.books().arrivals("CloneInstances").size()).isLessThan(7);
    }

    @Test
    void aResponseWithTooFewIdsIsCompletedByItsMark() {
        start(fast().misbehaviour(Misbehaviour.scripted(Fault.fewerIds(7))));
        ClonePlan plan = plan(30);
        assertTruth("few ids", simulator, plan, outcomes(plan));
        assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
    }

    @Test
    void aDealWithTooFewInstancesIsClonedAndTheReportSaysWhatIsMissing() {
        start(fast().misbehaviour(Misbehaviour.scripted(Fault.fewerInstances(7))));
        ClonePlan plan = plan(30);
        assertTruth("few instances", simulator, plan, outcomes(plan));
        CloneReport report = client.cloneReport(plan).block(PATIENCE);
        assertThat(report.cloned()).isEqualTo(7);
        assertThat(report.missing()).isEqualTo(23);
        assertThat(report.complete()).isFalse();
    }

    @Test
    void moreInstancesThanRequestedRaiseTheAlarmAndStopTheSending() {
        start(fast().misbehaviour(
                        Misbehaviour.scripted(Fault.executedTwice().and(Fault.close(Fault.Stage.AFTER_EXECUTING)))));
        CloneReport report = client.cloneReport(plan(30)).block(PATIENCE);
        assertThat(report.surplus()).isEqualTo(30);
        assertThat(report.complete()).isFalse();
    }

    @Test
    void anEndlessResponseIsCutOffAndItsChunkLookedUp() {
        start(fast().misbehaviour(Misbehaviour.scripted(Fault.oversize(5_000_000))));
        ClonePlan plan = plan(30);
        assertTruth("oversize", simulator, plan, outcomes(plan));
        assertThat(client.cloneReport(plan).block(PATIENCE).cloned()).isEqualTo(30);
    }

    @Test
    void aRequestWithoutAResponseTimesOutAndItsChunkIsLookedUp() {
        start(
                fast().misbehaviour(Misbehaviour.scripted(Fault.hang(true))),
                builder -> builder.callTimeout(Duration.ofMillis(300)));
        ClonePlan plan = plan(60);
        assertTruth("hang", simulator, plan, outcomes(plan));
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, -301, 301, 3600})
    void aWrongClockIsCorrectedByTheServersAndNothingIsLost(long seconds) {
        start(fast(), builder -> builder.clock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds))));
        ClonePlan plan = plan(120);
        assertTruth("clock", simulator, plan, outcomes(plan));
        assertThat(simulator.books().bought()).isEqualTo(120);
    }

    @Test
    void aWrongKeyStopsTheSendingAtOnce() {
        simulator = Simulator.start();
        client = client(simulator)
                .credentials(CredentialsProvider.environment(
                        Map.of("TENCENTCLOUD_SECRET_ID", simulator.secretId(), "TENCENTCLOUD_SECRET_KEY", "wrong")))
                .build();
        List<ChunkOutcome> outcomes = outcomes(plan(900));
        assertThat(outcomes).hasSize(30).allMatch(NotCloned.class::isInstance);
        // A window leaves before the first response comes.
        assertThat(simulator.books().arrivals("CloneInstances").size()).isLessThanOrEqualTo(20);
    }

    @Test
    void withoutCredentialsNothingIsSent() {
        start(
                fast(),
                builder -> builder.credentials(
                        () -> CompletableFuture.failedFuture(new CredentialsUnavailableException("tried nothing"))));
        List<ChunkOutcome> outcomes = outcomes(plan(60));
        assertThat(outcomes)
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(((NotSent) ((NotCloned) outcome).failure()).reason())
                        .isEqualTo(NotSent.Reason.NO_CREDENTIALS));
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void anUnreachableServerIsTriedAFewTimesAndUnsentChunksCanBeSentLater() {
        start(fast());
        simulator.refuseConnections(true);
        ClonePlan plan = plan(60);
        List<ChunkOutcome> outcomes = outcomes(plan);
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(((NotSent) ((NotCloned) outcome).failure()).reason())
                        .isEqualTo(NotSent.Reason.NO_CONNECTION));
        simulator.refuseConnections(false);
        assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        assertThat(simulator.books().bought()).isEqualTo(60);
    }

    @Test
    void aServerThatComesBackInTimeIsReached() {
        AtomicInteger again = new AtomicInteger();
        start(
                fast(),
                builder -> builder.observer(new CloneObserver() {
                    @Override
                    public void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {
                        if (again.incrementAndGet() == 2) {
                            simulator.refuseConnections(false);
                        }
                    }
                }));
        simulator.refuseConnections(true);
        assertThat(client.cloneReport(plan(60)).block(PATIENCE).complete()).isTrue();
    }

    @Test
    void aPlanOverTheSpendingCapIsRefusedBeforeAnythingIsSent() {
        start(fast());
        assertThatThrownBy(() -> outcomes(plan(1_001)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("goodsNum 1001: must be at most maxInstances, 1000, the spending cap of this client");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void monthlyInstancesAreBoughtAHundredAtATime() {
        start(Simulator.builder());
        ClonePlan plan =
                ClonePlan.of(PlanId.of("monthly"), request(1_000).monthly(12).build());
        assertTruth("monthly", simulator, plan, outcomes(plan));
        assertThat(simulator.books().executions()).hasSize(10);
    }

    @Test
    void closingWaitsForTheRequestsInFlightAndReportsTheRest() {
        start(Simulator.builder().latency(Duration.ofMillis(100), Duration.ofMillis(300)));
        ClonePlan plan = plan(900);
        Sinks.Empty<Void> first = Sinks.empty();
        Mono<List<ChunkOutcome>> all = client.clone(plan)
                .doOnNext(outcome -> first.tryEmitEmpty())
                .collectList()
                .cache();
        all.subscribe();
        first.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        List<ChunkOutcome> outcomes = all.block(PATIENCE);
        assertTruth("closing", simulator, plan, outcomes);
        assertThat(outcomes)
                .filteredOn(NotCloned.class::isInstance)
                .isNotEmpty()
                .allSatisfy(rest -> assertThat(((NotSent) ((NotCloned) rest).failure()).reason())
                        .isEqualTo(NotSent.Reason.CLIENT_CLOSED));
        assertThat(outcomes).noneMatch(InDoubt.class::isInstance);
        assertThatThrownBy(() -> outcomes(plan)).isInstanceOf(ClientClosedException.class);
    }

    /** It does not know what the one before it has sent. */
    @Test
    void theNextClientAfterAClosedOneBreaksNoSecond() {
        start(Simulator.builder());
        for (int i = 0; i < 3; i++) {
            try (CloneClient next = Fixtures.clientWithItsOwnShaper(simulator)
                    .auditFor(Duration.ZERO)
                    .build()) {
                next.clone(plan(600)).blockLast(PATIENCE);
            }
        }
        assertThat(simulator.books().bought()).isEqualTo(1_800);
        assertThat(simulator.books().throttled()).isZero();
        assertThat(simulator.books().peak("CloneInstances", SECOND)).isLessThanOrEqualTo(20);
    }

    @Test
    void anObserverThatThrowsChangesNothing() {
        start(
                fast(),
                builder -> builder.observer(new CloneObserver() {
                    @Override
                    public void sending(CloneChunk chunk, int attempt) {
                        throw new IllegalStateException("observer");
                    }

                    @Override
                    public void settled(ChunkOutcome outcome) {
                        throw new IllegalStateException("observer");
                    }
                }));
        assertThat(client.cloneReport(plan(90)).block(PATIENCE).complete()).isTrue();
    }

    @Test
    void aSmallPlanDoesNotWaitBehindALargeOne() {
        start(Simulator.builder(), builder -> paced(builder).maxInFlight(4));
        ClonePlan large = plan("large", 900);
        ClonePlan small = plan("small", 30);
        Mono<CloneReport> slow = client.cloneReport(large).cache();
        slow.subscribe();
        awaitArrivals(4);
        client.cloneReport(small).block(PATIENCE);
        assertThat(simulator.books().executions())
                .as("the thirty of the large plan are not all done, however slow this machine is with the small one")
                .hasSizeLessThan(31);
        assertThat(slow.block(PATIENCE).complete()).isTrue();
    }

    /** The real limit on both sides. */
    private void start(SimulatorBuilder server) {
        start(server, builder -> builder);
    }

    private void start(SimulatorBuilder server, UnaryOperator<CloneClientBuilder> setting) {
        simulator = server.start();
        CloneClientBuilder builder = client(simulator);
        client = setting.apply(server == unpaced ? builder.shaper(RequestShaper.paced(2_000)) : builder)
                .build();
    }

    /** One request after the other, for what stops the sending before the next one. */
    private static CloneClientBuilder paced(CloneClientBuilder builder) {
        return builder.shaper(RequestShaper.paced(20));
    }

    /** A server without limit, for what has nothing to do with pace. */
    private SimulatorBuilder fast() {
        unpaced = Simulator.builder().limit(RateLimit.none());
        return unpaced;
    }

    private List<ChunkOutcome> outcomes(ClonePlan plan) {
        try {
            return client.clone(plan).collectList().block(PATIENCE);
        } catch (IllegalStateException stuck) {
            throw new AssertionError("stuck: " + client, stuck);
        }
    }

    private void awaitArrivals(int count) {
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> simulator.books().arrivals("CloneInstances").size() >= count)
                .blockFirst(PATIENCE);
    }

    private void awaitExecutions(int count) {
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> simulator.books().executions().size() >= count)
                .blockFirst(PATIENCE);
    }

    private static final class InFlight implements CloneObserver {
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger now = new AtomicInteger();

        @Override
        public void sending(CloneChunk chunk, int attempt) {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
        }

        @Override
        public void settled(ChunkOutcome outcome) {
            now.decrementAndGet();
        }
    }
}
