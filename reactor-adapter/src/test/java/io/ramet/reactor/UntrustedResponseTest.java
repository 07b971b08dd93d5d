package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole responses that say two things at once, or say less than is true. The simulator's books know better. */
class UntrustedResponseTest {

    private static final ApiTransport.Factory ERROR_BESIDE_THE_DEAL = Rewritten.purchases(body -> body.replace(
            "{\"Response\":{",
            "{\"Response\":{\"Error\":{\"Code\":\"InternalError.InternalError\",\"Message\":\"late\"},"));
    private static final String NO_LISTING = "{\"Response\":{\"TotalCount\":1,\"InstanceSet\":[]}}";
    private static final String EMPTY_LISTING =
            "{\"Response\":{\"TotalCount\":0,\"InstanceSet\":[],\"RequestId\":\"r-1\"}}";

    @Test
    void aDealBesideAnErrorIsReportedOnceItsInstancesShow() {
        try (Simulator simulator = Simulator.builder().start()) {
            ChunkOutcome outcome = buy(simulator, CloneJournal.inMemory(), ERROR_BESIDE_THE_DEAL, 150);
            assertThat(outcome).isInstanceOfSatisfying(Cloned.class, cloned -> {
                assertThat(cloned.deal().dealId()).isNotNull();
                assertThat(cloned.deal().requestId()).isNotNull();
                assertThat(cloned.deal().instanceIds()).hasSize(30);
            });
            assertThat(simulator.books().bought()).isEqualTo(30);
        }
    }

    @Test
    void aDealBesideAnErrorThatCannotBeLookedUpIsInDoubtAndKeepsTheDeal() {
        try (Simulator simulator = Simulator.builder().start()) {
            CloneJournal journal = CloneJournal.inMemory();
            ChunkOutcome outcome = buy(simulator, journal, ERROR_BESIDE_THE_DEAL, 0);
            assertThat(outcome).isInstanceOfSatisfying(InDoubt.class, doubt -> {
                Deal named = doubt.namedDeal();
                assertThat(named.dealId()).isNotNull();
                assertThat(named.instanceIds()).hasSize(30);
            });
            // A later run starts with that deal.
            try (CloneClient client =
                    Fixtures.client(simulator).journal(journal).build()) {
                assertThat(settled(client, outcome))
                        .isInstanceOfSatisfying(
                                Cloned.class,
                                cloned -> assertThat(cloned.deal().dealId()).isNotNull());
            }
        }
    }

    @Test
    void anAuditThatFindsTheInstancesKeepsTheDealBesideTheError() {
        try (Simulator simulator = Simulator.builder().start()) {
            CloneJournal journal = CloneJournal.inMemory();
            ChunkOutcome outcome = buy(simulator, journal, ERROR_BESIDE_THE_DEAL, 0, 5_000);
            try (CloneClient client =
                    Fixtures.client(simulator).journal(journal).build()) {
                assertThat(client.follow(outcome.chunk().planId()).blockLast(PATIENCE))
                        .isInstanceOfSatisfying(Cloned.class, cloned -> {
                            assertThat(cloned.deal().dealId()).isNotNull();
                            assertThat(cloned.deal().instanceIds()).hasSize(30);
                        });
            }
        }
    }

    @Test
    void theInstancesOfAnotherDealInTheResponseAreNotTheChunks() {
        try (Simulator simulator = Simulator.builder()
                .misbehaviour(Misbehaviour.scripted(Fault.fewerIds(3)))
                .start()) {
            ChunkOutcome outcome = buy(
                    simulator,
                    CloneJournal.inMemory(),
                    Rewritten.lookups(body -> body.replace(
                            "\"DealDetails\":[",
                            "\"DealDetails\":[{\"DealId\":\"someone-elses\",\"DealName\":\"someone-elses\","
                                    + "\"InstanceIds\":[\"crs-another1\",\"crs-another2\"]},")),
                    150);
            assertThat(outcome).isInstanceOfSatisfying(Cloned.class, cloned -> {
                assertThat(cloned.surplus()).isZero();
                assertThat(cloned.deal().instanceIds()).hasSize(30).doesNotContain("crs-another1", "crs-another2");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LimitExceeded",
                "LimitExceeded.ReachTheAmountLimit",
                "ResourceInsufficient",
                "ResourceUnavailable.NoEnoughVipInVPC",
                "ResourceUnavailable.SaleOut",
                "ResourceUnavailable.AccountBalanceNotEnough"
            })
    void aChunkThatRanOutOfStockInTheMiddleIsNotCalledNotCloned(String code) {
        try (Simulator simulator = simulator(Fault.error(code, true))) {
            assertThat(buy(simulator, CloneJournal.inMemory(), ReactorNettyTransport.plain(), 150))
                    .isInstanceOfSatisfying(
                            Cloned.class,
                            cloned -> assertThat(cloned.deal().instanceIds()).hasSize(30));
        }
    }

    @Test
    void aRefusalThatALookUpHasConfirmedIsNotCloned() {
        try (Simulator simulator = simulator(Fault.error("ResourceUnavailable.SaleOut", false))) {
            assertThat(buy(simulator, CloneJournal.inMemory(), ReactorNettyTransport.plain(), 150))
                    .isInstanceOfSatisfying(
                            NotCloned.class, not -> assertThat(not.failure()).isInstanceOf(ApiRefusal.class));
            assertThat(simulator.books().arrivals("DescribeInstances"))
                    .as("of the chunk, and of its source")
                    .hasSize(2);
        }
    }

    @Test
    void aRefusalThatNoLookUpConfirmsIsInDoubtUntilOneDoes() {
        try (Simulator simulator = simulator(Fault.error("ResourceUnavailable.SaleOut", false))) {
            CloneJournal journal = CloneJournal.inMemory();
            ChunkOutcome outcome = buy(simulator, journal, Rewritten.lookups(body -> NO_LISTING), 150);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            InDoubt.class,
                            doubt -> assertThat(doubt.failure()).hasMessageContaining("ResourceUnavailable.SaleOut"));
            try (CloneClient client =
                    Fixtures.client(simulator).journal(journal).build()) {
                assertThat(settled(client, outcome)).isInstanceOf(NotCloned.class);
            }
        }
    }

    /** Credentials of another account, or of a user who may not see the instance, show nothing at all. */
    @Test
    void aRefusalIsNotConfirmedByALookUpThatDoesNotShowTheSourceEither() {
        try (Simulator simulator = simulator(Fault.error("ResourceUnavailable.SaleOut", true))) {
            CloneJournal journal = CloneJournal.inMemory();
            ChunkOutcome outcome = buy(simulator, journal, Rewritten.lookups(body -> EMPTY_LISTING), 150);
            assertThat(simulator.books().bought()).isEqualTo(30);
            assertThat(outcome).isInstanceOf(InDoubt.class);
            try (CloneClient blind = Fixtures.client(simulator)
                    .journal(journal)
                    .transport(Rewritten.lookups(body -> EMPTY_LISTING))
                    .build()) {
                assertThat(settled(blind, outcome)).isInstanceOf(InDoubt.class);
            }
            try (CloneClient client =
                    Fixtures.client(simulator).journal(journal).build()) {
                assertThat(settled(client, outcome)).isInstanceOf(Cloned.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutLookUpsSuchARefusalIsInDoubtUntilItIsReconciled(boolean delivered) {
        try (Simulator simulator = simulator(Fault.error("ResourceUnavailable.SaleOut", delivered))) {
            CloneJournal journal = CloneJournal.inMemory();
            ChunkOutcome outcome = buy(simulator, journal, ReactorNettyTransport.plain(), 0);
            assertThat(outcome).isInstanceOf(InDoubt.class);
            assertThat(simulator.books().arrivals("DescribeInstances")).isEmpty();
            try (CloneClient client = Fixtures.client(simulator)
                    .journal(journal)
                    .reconcileFor(Duration.ZERO)
                    .build()) {
                assertThat(settled(client, outcome)).isInstanceOf(delivered ? Cloned.class : NotCloned.class);
            }
        }
    }

    @Test
    void closingDoesNotWaitForALookUpOfTheSource() {
        Fault refusal = Fault.error("ResourceUnavailable.SaleOut", false);
        AtomicInteger listings = new AtomicInteger();
        Misbehaviour hanging = Misbehaviour.ofAction(
                "DescribeInstances", arrival -> listings.incrementAndGet() > 1 ? Fault.hang(false) : Fault.none());
        try (Simulator simulator = Simulator.builder()
                .misbehaviour(hanging.and(Misbehaviour.scripted(refusal)))
                .start()) {
            CloneClient client = Fixtures.client(simulator)
                    .callTimeout(Duration.ofMinutes(2))
                    .build();
            CompletableFuture<ChunkOutcome> outcome =
                    client.clone(Fixtures.plan(30)).single().toFuture();
            Fixtures.await(() -> listings.get() > 1);
            client.disposeLater().block(PATIENCE);
            assertThat(outcome.join()).isInstanceOf(InDoubt.class);
        }
    }

    private static ChunkOutcome settled(CloneClient client, ChunkOutcome open) {
        client.reconcile(open.chunk().planId()).block(PATIENCE);
        return client.follow(open.chunk().planId()).blockLast(PATIENCE);
    }

    private static Simulator simulator(Fault fault) {
        return Simulator.builder().misbehaviour(Misbehaviour.scripted(fault)).start();
    }

    private static ChunkOutcome buy(
            Simulator simulator, CloneJournal journal, ApiTransport.Factory transport, int reconcileForMillis) {
        return buy(simulator, journal, transport, reconcileForMillis, 0);
    }

    private static ChunkOutcome buy(
            Simulator simulator,
            CloneJournal journal,
            ApiTransport.Factory transport,
            int reconcileForMillis,
            int auditForMillis) {
        ClonePlan plan = Fixtures.plan(30);
        try (CloneClient client = Fixtures.client(simulator)
                .journal(journal)
                .transport(transport)
                .json(ResponseJson.lenient())
                .reconcileFor(Duration.ofMillis(reconcileForMillis))
                .auditFor(Duration.ofMillis(auditForMillis))
                .build()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            assertThat(outcomes).hasSize(1);
            return outcomes.get(0);
        }
    }
}
