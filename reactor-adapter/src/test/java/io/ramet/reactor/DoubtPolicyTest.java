package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sending again what was proven never to have been executed, on a clock that server and client share and the test
 * moves.
 */
class DoubtPolicyTest {

    private final MovableClock clock = new MovableClock();

    @Test
    void aChunkThatWasNeverExecutedIsSentAgainOnceThatIsProven() {
        try (Simulator simulator = simulator(Fault.close(Stage.BEFORE_EXECUTING))) {
            assertThat(buy(simulator, DoubtPolicy.RESEND_WHEN_PROVEN, Duration.ofMinutes(10)))
                    .hasSize(2)
                    .allMatch(Cloned.class::isInstance);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(3);
            assertThat(simulator.books().bought()).isEqualTo(60);
            BooksAssert.assertNothingBoughtTwice("proven", simulator);
        }
    }

    @Test
    void itIsNotSentAgainWhileItsSignatureMayStillBeGood() {
        try (Simulator simulator = simulator(Fault.close(Stage.BEFORE_EXECUTING))) {
            assertThat(buy(simulator, DoubtPolicy.RESEND_WHEN_PROVEN, Duration.ofSeconds(300)))
                    .filteredOn(InDoubt.class::isInstance)
                    .hasSize(1);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
        }
    }

    @Test
    void aChunkThatIsListedLateIsFoundAndNotSentAgain() {
        Fault late = Fault.close(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMinutes(5)));
        try (Simulator simulator = simulator(late)) {
            assertThat(buy(simulator, DoubtPolicy.RESEND_WHEN_PROVEN, Duration.ofMinutes(10)))
                    .hasSize(2)
                    .allMatch(Cloned.class::isInstance);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
            assertThat(simulator.books().bought()).isEqualTo(60);
        }
    }

    @Test
    void aChunkThatIsHeldIsNeverSentAgain() {
        try (Simulator simulator = simulator(Fault.close(Stage.BEFORE_EXECUTING))) {
            assertThat(buy(simulator, DoubtPolicy.HOLD, Duration.ofDays(1)))
                    .filteredOn(InDoubt.class::isInstance)
                    .hasSize(1);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(2);
        }
    }

    @Test
    void aChunkWithAResponseIsNeverSentAgainBecauseItsOrderMayBePaidLater() {
        try (Simulator simulator = simulator(Fault.error("FailedOperation.PayFailed", false))) {
            assertThat(buy(simulator, DoubtPolicy.RESEND_WHEN_PROVEN, Duration.ofMinutes(10)))
                    .filteredOn(InDoubt.class::isInstance)
                    .hasSize(1);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        }
    }

    @Test
    void absenceProvesNothingIfThePlansSourceIsNotListedEither() {
        try (Simulator simulator = simulator(Fault.close(Stage.AFTER_EXECUTING));
                Simulator elsewhere = Simulator.builder()
                        .limit(RateLimit.none())
                        .clock(clock)
                        .knownSources("crs-someoneelses")
                        .start()) {
            CloneJournal journal = CloneJournal.inMemory();
            ClonePlan plan = Fixtures.plan(30);
            try (CloneClient lookingElsewhere = client(simulator, Duration.ofMinutes(10))
                    .journal(journal)
                    .onDoubt(DoubtPolicy.RESEND_WHEN_PROVEN)
                    .transport(settings -> ReactorNettyTransport.plain()
                            .open(
                                    settings.name().equals("ramet-lookups")
                                            ? new ApiTransport.Settings(
                                                    settings.name(),
                                                    elsewhere.uri(),
                                                    settings.connections(),
                                                    settings.callTimeout(),
                                                    settings.maxResponseBytes(),
                                                    settings.timer(),
                                                    settings.network())
                                            : settings))
                    .build()) {
                assertThat(lookingElsewhere.clone(plan).collectList().block(PATIENCE))
                        .allMatch(InDoubt.class::isInstance)
                        .hasSize(1);
            }
            assertThat(elsewhere.books().arrivals("DescribeInstances")).hasSizeGreaterThan(1);
            assertThat(simulator.books().bought()).isEqualTo(30);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"TotalCount\":30,\"InstanceSet\":[]",
                "\"TotalCount\":0",
                "\"TotalCount\":0,\"InstanceSet\":null"
            })
    void aListingThatDoesNotHoldWhatItCountsIsNoProofOfAbsence(String shortListing) {
        try (Simulator simulator = simulator(Fault.close(Stage.AFTER_EXECUTING))) {
            ClonePlan plan = Fixtures.plan(60);
            try (CloneClient client = client(simulator, Duration.ofMinutes(10))
                    .onDoubt(DoubtPolicy.RESEND_WHEN_PROVEN)
                    .transport(Rewritten.lookups(body -> body.contains(plan.markRoot())
                            ? "{\"Response\":{" + shortListing + ",\"RequestId\":\"r\"}}"
                            : body))
                    .build()) {
                assertThat(client.clone(plan).collectList().block(PATIENCE))
                        .filteredOn(InDoubt.class::isInstance)
                        .hasSize(1);
            }
            assertThat(simulator.books().bought()).isEqualTo(60);
            BooksAssert.assertNothingBoughtTwice("short listing", simulator);
        }
    }

    @Test
    void ifTheAssumptionFailsTheSurplusIsFoundAndReported() {
        Fault never = Fault.close(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMinutes(11)));
        try (Simulator simulator = simulator(never, Fault.none(), Fault.close(Stage.AFTER_EXECUTING))) {
            List<ChunkOutcome> outcomes = buy(simulator, DoubtPolicy.RESEND_WHEN_PROVEN, Duration.ofMinutes(10));
            assertThat(outcomes)
                    .anySatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Cloned.class,
                                    cloned -> assertThat(cloned.surplus()).isEqualTo(30)));
        }
    }

    private Simulator simulator(Fault... faults) {
        return Simulator.builder()
                .limit(RateLimit.none())
                .clock(clock)
                .misbehaviour(Misbehaviour.scripted(faults))
                .start();
    }

    /** The clock moves by {@code passing} each time a chunk is looked up. */
    private List<ChunkOutcome> buy(Simulator simulator, DoubtPolicy onDoubt, Duration passing) {
        ClonePlan plan = Fixtures.plan(60);
        try (CloneClient client = client(simulator, passing).onDoubt(onDoubt).build()) {
            return client.clone(plan).collectList().block(PATIENCE);
        }
    }

    private CloneClientBuilder client(Simulator simulator, Duration passing) {
        return Fixtures.client(simulator)
                .shaper(RequestShaper.paced(2_000))
                .maxInFlight(1)
                .auditFor(Duration.ofMillis(500))
                .clock(clock)
                .visibilityLag(Duration.ZERO)
                .observer(new CloneObserver() {
                    @Override
                    public void reconciling(CloneChunk chunk) {
                        clock.move(passing);
                    }
                });
    }
}
