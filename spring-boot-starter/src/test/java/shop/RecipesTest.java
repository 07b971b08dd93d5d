package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.AutoRenew;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.InstanceState;
import io.ramet.model.Price;
import io.ramet.model.RedisNode;
import io.ramet.model.Secret;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.lookup.AwaitOptions;
import io.ramet.reactor.lookup.UndoConfirmation;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Execution;
import io.ramet.simulator.Simulator;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The examples of the page "Recipes": {@code PagesTest} compares them. */
@Timeout(120)
class RecipesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Simulator simulator = Simulator.start();

    private static final CloneClient client = CloneClient.builder()
            .region("ap-guangzhou")
            .endpoint(simulator.uri())
            .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
            .build();

    private final String password = "Sesame-opens-7";

    @AfterAll
    static void close() {
        assertThat(simulator.books().boughtTwice()).isEmpty();
        client.close();
        simulator.close();
    }

    @Test
    void clonesByTheMonthAreRenewed() {
        CloneRequest request = CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(250)
                .monthly(12)
                .autoRenew(AutoRenew.AUTOMATIC)
                .zoneId(100003)
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .securityGroups("sg-bmadczm1")
                .password(Secret.of(password))
                .build();
        ClonePlan plan = ClonePlan.of(PlanId.of("order-4711"), request);

        assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        assertThat(bought(plan))
                .hasSize(3)
                .allSatisfy(purchase -> assertThat(purchase.billingMode()).isEqualTo(BillingMode.MONTHLY.wireValue()));
    }

    @Test
    void theNewestBackupIsLookedUpAndTheSecondTimeThePlanIsResumed() {
        CloneRequest request = request(30);

        PlanId id = PlanId.of("nightly-2026-11-24");
        Mono<CloneReport> report = client.resume(id)
                .then(client.report(id))
                .onErrorResume(
                        UnknownPlanException.class,
                        unknown -> client.lookups()
                                .latestBackup("crs-xjhsdj12")
                                .map(backup -> request.toBuilder()
                                        .backupId(backup.backupId())
                                        .build())
                                .flatMap(latest -> client.cloneReport(ClonePlan.of(id, latest))));

        assertThat(report.block(PATIENCE).complete()).isTrue();
        assertThat(report.block(PATIENCE).complete()).isTrue();
    }

    @Test
    void eachZoneHasAPlan() {
        CloneRequest request = request(60);

        Map<Integer, String> subnets = Map.of(100003, "subnet-7jbabche", 100004, "subnet-k2w5hx8q");
        Flux<CloneReport> reports = Flux.fromIterable(subnets.entrySet())
                .map(zone -> ClonePlan.of(
                        PlanId.of("order-4712-" + zone.getKey()),
                        request.toBuilder()
                                .zoneId(zone.getKey())
                                .vpc("vpc-pxyzim13", zone.getValue())
                                .build()))
                .flatMap(client::cloneReport);

        assertThat(reports.map(CloneReport::cloned).collectList().block(PATIENCE))
                .containsExactly(60, 60);
        assertThat(zones("order-4712-100003")).containsOnly(100003);
        assertThat(zones("order-4712-100004")).containsOnly(100004);
    }

    @Test
    void eachCloneHasNodesInTwoZones() {
        CloneRequest request = request(10);

        CloneRequest twoZones = request.toBuilder()
                .zoneId(100003)
                .nodes(RedisNode.master(100003), RedisNode.replica(100004))
                .build();

        assertThat(client.cloneReport(ClonePlan.of(twoZones)).block(PATIENCE).complete())
                .isTrue();
    }

    @Test
    void clonesHaveTagsAndANameThatBeginsAsWanted() {
        CloneRequest request = request(10);

        CloneRequest tagged = request.toBuilder()
                .instanceName("shop")
                .tag("team", "shop")
                .tag("cost-center", "4711")
                .build();

        ClonePlan plan = ClonePlan.of(tagged);
        assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        assertThat(plan.chunk(0).instanceName()).startsWith("shop-");
    }

    @Test
    void aTeamHasACapOfItsOwn() {
        ClonePlan plan = ClonePlan.of(PlanId.of("shop-1"), request(60));

        try (CloneClient shop = client.toBuilder().maxInstances(100).build()) {
            CloneReport report = shop.cloneReport(plan).block();
            assertThat(report.complete()).isTrue();
        }

        Mono<Integer> ofTheTeam = client.reports()
                .filter(report -> report.planId().value().startsWith("shop-"))
                .map(report -> report.requested() - report.notCloned())
                .reduce(0, Integer::sum);

        assertThat(ofTheTeam.block(PATIENCE)).isEqualTo(60);
    }

    @Test
    void thePriceHasACap() {
        ClonePlan plan = ClonePlan.of(PlanId.of("order-4713"), request(30));
        BigDecimal most = new BigDecimal(10);

        Mono<CloneReport> report = client.lookups()
                .price(plan)
                .ofType(Price.Known.class)
                .filter(price -> price.currency().equals("CNY") && price.total().compareTo(most) <= 0)
                .flatMap(price -> client.cloneReport(plan));

        assertThat(report.block(PATIENCE).complete()).isTrue();
    }

    @Test
    void theAddressesOfRunningInstancesAreEmitted() {
        ClonePlan plan = ClonePlan.of(PlanId.of("order-4714"), request(60));
        // Bought already, so that the first poll sees all of them: the next one comes 5 s later.
        client.cloneReport(plan).block(PATIENCE);

        Flux<String> addresses = client.submit(plan)
                .thenMany(client.lookups().awaitRunning(plan.id(), AwaitOptions.within(Duration.ofMinutes(30))))
                .filter(instance -> instance.status() == InstanceState.Status.RUNNING)
                .mapNotNull(instance -> instance.address().orElse(null));

        assertThat(addresses.collectList().block(PATIENCE)).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void aPlanIsReturnedAndStartedAgain() {
        ClonePlan plan = ClonePlan.of(PlanId.of("order-4715"), request(10));
        client.cloneReport(plan).block(PATIENCE);
        int confirmed = 10;

        Mono<List<UndoOutcome>> left = client.undo(plan.id(), UndoConfirmation.of(plan.id(), confirmed))
                .filter(outcome -> !outcome.isIsolated())
                .collectList();

        assertThat(left.block(PATIENCE)).isEmpty();
        assertThat(simulator.books().destructions()).hasSize(10);

        Flux<UndoOutcome> restored = client.restore(plan.id());

        assertThat(restored.map(UndoOutcome::result).collectList().block(PATIENCE))
                .hasSize(10)
                .containsOnly(UndoOutcome.Result.RESTORED);
    }

    private static CloneRequest request(int goodsNum) {
        return CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(goodsNum)
                .payAsYouGo()
                .zoneId(100003)
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .securityGroups("sg-bmadczm1")
                .noAuth()
                .build();
    }

    private static List<Execution> bought(ClonePlan plan) {
        return simulator.books().executions().stream()
                .filter(purchase -> plan.indexIn(purchase.instanceName()).isPresent())
                .toList();
    }

    private static List<Integer> zones(String id) {
        return client.lookups()
                .instances(PlanId.of(id))
                .mapNotNull(InstanceState::zoneId)
                .collectList()
                .block(PATIENCE);
    }
}
