package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.CloneRequest;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import reactor.test.StepVerifier;

/** The examples of the page "Testing": {@code PagesTest} compares them. */
@SpringBootTest(properties = {"ramet.region=ap-guangzhou", "ramet.journal.kind=memory"})
@EnableCloneSimulator
class OrdersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private CloneClient client;

    @Autowired
    private Simulator simulator;

    @AfterEach
    void nothingIsBoughtTwice() {
        simulator.misbehave(Misbehaviour.none());
        assertThat(simulator.books().boughtTwice()).isEmpty();
    }

    @Test
    void everyChunkIsBoughtOnce() {
        ClonePlan plan = plan("order-1", 60);

        StepVerifier.create(client.clone(plan))
                .expectNextMatches(outcome -> outcome instanceof Cloned)
                .expectNextMatches(outcome -> outcome instanceof Cloned)
                .expectComplete()
                .verify(PATIENCE);

        assertThat(simulator.books().instanceIds(plan.chunk(0).instanceName())).hasSize(30);
        assertThat(simulator.books().instanceIds(plan.chunk(1).instanceName())).hasSize(30);
    }

    @Test
    void nothingIsLeftToBuyOnceItIsSoldOut() {
        simulator.misbehave(Misbehaviour.always(Fault.error("ResourceUnavailable.SaleOut", false)));

        StepVerifier.create(client.clone(plan("order-2", 30)))
                .assertNext(outcome ->
                        assertThat(((NotCloned) outcome).failure()).hasMessageContaining("ResourceUnavailable.SaleOut"))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void aPurchaseWhoseResponseIsLostIsFoundAndNotBoughtAgain() {
        ClonePlan plan = plan("order-3", 30);
        simulator.misbehave(Misbehaviour.scripted(Fault.reset(Fault.Stage.AFTER_EXECUTING)));

        CloneReport report = client.cloneReport(plan).block(PATIENCE);

        assertThat(report.complete()).isTrue();
        assertThat(simulator.books().instanceIds(plan.chunk(0).instanceName())).hasSize(30);
    }

    @Test
    void aClientWithoutSpringTakesTheAddressAndTheKeys() {
        try (Simulator simulator = Simulator.start();
                CloneClient client = CloneClient.builder()
                        .region("ap-guangzhou")
                        .endpoint(simulator.uri())
                        .credentials(
                                CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                        .build()) {
            client.cloneReport(plan("order-4", 30)).block(PATIENCE);
            assertThat(simulator.books().bought()).isEqualTo(30);
        }
    }

    private static ClonePlan plan(String id, int goodsNum) {
        return ClonePlan.of(
                PlanId.of(id),
                CloneRequest.builder()
                        .instanceId("crs-xjhsdj12")
                        .backupId("154572601-1165734322-153705740")
                        .goodsNum(goodsNum)
                        .payAsYouGo()
                        .zoneId(100003)
                        .securityGroups("sg-bmadczm1")
                        .noAuth()
                        .build());
    }

    @SpringBootApplication
    static class Shop {}
}
