package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.plan;
import static io.ramet.reactor.Fixtures.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.FastForwardScheduler;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.PreflightPolicy;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.simulator.Backup;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import io.ramet.simulator.Source;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreflightTest {

    private static final String SOURCE = "crs-xjhsdj12";
    private static final String BACKUP = "154572601-1165734322-153705740";
    private static final String VPC = "vpc-pxyzim13";
    private static final String SUBNET = "subnet-7jbabche";

    private final CloneJournal journal = CloneJournal.inMemory();

    private Simulator simulator;
    private CloneClient client;

    @AfterEach
    void close() {
        client.close();
        journal.close();
        simulator.close();
    }

    @Test
    void nothingSpeaksAgainstAPlanThatCanBeBought() {
        start(simulated());
        PreflightReport report = report(plan(60));
        assertThat(report.summary()).isEqualTo("no objections");
        assertThat(report.hasBlocker()).isFalse();
        assertThat(report.findings())
                .extracting(Finding::check)
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(Check.TEMPLATE)));
        assertThat(text(report, Check.ACCOUNT)).contains("100000000001");
        assertThat(text(report, Check.PRICE)).contains("CNY per hour");
        assertThat(simulator.books().executions()).isEmpty();
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void aSourceThatIsGoneOrOfAnOldTypeIsABlocker() {
        start(simulated().source(Source.of(SOURCE).specification(5, 4096, 1, 1)));
        assertThat(level(report(plan(60)), Check.SOURCE)).isEqualTo(Level.BLOCKER);
        PreflightReport gone =
                report(ClonePlan.of(request(3).instanceId("cdb-1").build()));
        assertThat(level(gone, Check.SOURCE)).isEqualTo(Level.BLOCKER);
        assertThat(gone.hasBlocker()).isTrue();
    }

    @Test
    void aBackupThatCannotBeClonedIsABlockerAndOneThatExpiresSoonAWarning() {
        start(simulated());
        simulator.backup(
                Backup.of(BACKUP, SOURCE, Instant.now().minusSeconds(60)).lockedByTask());
        assertThat(level(report(plan(60)), Check.BACKUP)).isEqualTo(Level.BLOCKER);
        simulator.backup(Backup.of(BACKUP, SOURCE, Instant.now().minusSeconds(60))
                .expiring(Instant.now().plus(Duration.ofHours(20))));
        assertThat(level(report(plan(60)), Check.BACKUP)).isEqualTo(Level.WARNING);
        assertThat(level(report(ClonePlan.of(request(3).backupId("none").build())), Check.BACKUP))
                .isEqualTo(Level.BLOCKER);
    }

    @Test
    void moreThanTheDefaultQuotaIsAWarningAndNeverABlocker() {
        start(simulated());
        assertThat(level(report(plan(100)), Check.QUOTA)).isEqualTo(Level.OK);
        PreflightReport more = report(plan(101));
        assertThat(level(more, Check.QUOTA)).isEqualTo(Level.WARNING);
        assertThat(more.hasBlocker()).isFalse();
        assertThat(more.summary())
                .isEqualTo(
                        "warning quota: pay-as-you-go instances after the purchase: 101; the default quota of a region is 100");
        assertThat(report(ClonePlan.of(request(300).monthly(1).build())).findings())
                .extracting(Finding::check)
                .doesNotContain(Check.QUOTA);
    }

    @Test
    void aZoneThatIsSoldOutIsABlockerAndASmallerPurchaseAWarning() {
        start(simulated().stock(100003, 0));
        assertThat(level(report(plan(60)), Check.STOCK)).isEqualTo(Level.BLOCKER);
        assertThat(level(report(ClonePlan.of(request(3).zoneId(424242).build())), Check.STOCK))
                .isEqualTo(Level.WARNING);
        close();
        start(simulated().mostPerPurchase(10));
        assertThat(level(report(plan(60)), Check.STOCK)).isEqualTo(Level.WARNING);
    }

    @Test
    void zonesWithoutANumberSayNothingAboutTheStock() {
        start(simulated()
                .misbehaviour(Misbehaviour.scripted(
                        "DescribeProductInfo",
                        Fixtures.response(
                                "\"RegionSet\":[{\"ZoneSet\":[{\"ZoneId\":\"ap-guangzhou-3\",\"OldZoneId\":0}]}]"))));
        PreflightReport report = report(plan(60));
        assertThat(level(report, Check.STOCK)).isEqualTo(Level.UNKNOWN);
        assertThat(text(report, Check.STOCK)).isEqualTo("the response names no zone by its number");
    }

    @Test
    void aBalanceThatDoesNotCoverThePriceIsAWarning() {
        start(simulated().balance(1));
        PreflightReport report = report(plan(60));
        assertThat(level(report, Check.BALANCE)).isEqualTo(Level.WARNING);
        assertThat(text(report, Check.BALANCE)).isEqualTo("0.01, without vouchers, does not cover 14.00112 CNY");
    }

    @Test
    void addressesThatOtherRunningPlansNeedAreAddedUp() {
        start(simulated().subnet(VPC, SUBNET, 100003, 100));
        assertThat(level(report(plan(60)), Check.SUBNET)).isEqualTo(Level.OK);
        PlanJournal running = journal.open(plan("order-9", 60), Fixtures.REGION).block(PATIENCE);
        PreflightReport report = report(plan(60));
        assertThat(level(report, Check.SUBNET)).isEqualTo(Level.WARNING);
        assertThat(text(report, Check.SUBNET))
                .isEqualTo("free addresses: 100, needed: 60, needed by other running plans: 60");
        running.release().block(PATIENCE);
        assertThat(level(report(plan(101)), Check.SUBNET)).isEqualTo(Level.BLOCKER);
        assertThat(level(report(ClonePlan.of(request(3).vpc(VPC, "subnet-other").build())), Check.SUBNET))
                .isIn(Level.BLOCKER, Level.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "TotalCount":1,"SubnetSet":[{"SubnetId":"subnet-7jbabche"}]
            "TotalCount":1,"SubnetSet":[{"SubnetId":"subnet-7jbabche","AvailableIpAddressCount":null}]
            "TotalCount":1,"SubnetSet":[]
            "TotalCount":1
            """)
    void aResponseThatDoesNotSayHowManyAddressesAreFreeIsNoBlocker(String fields) {
        start(simulated());
        simulator.misbehave(Misbehaviour.ofAction("DescribeSubnets", arrival -> Fixtures.response(fields)));
        assertThat(level(report(plan(60)), Check.SUBNET)).isEqualTo(Level.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "DescribeInstances, QUOTA",
        "DescribeAccountBalance, BALANCE",
        "DescribeProjectSecurityGroups, SECURITY_GROUPS",
        "DescribeParamTemplates, TEMPLATE"
    })
    void aResponseWithoutTheFieldThatDecidesIsUnknown(String action, Check check) {
        start(simulated());
        simulator.misbehave(Misbehaviour.ofAction(action, arrival -> Fixtures.response("\"Other\":1")));
        PreflightReport report = report(ClonePlan.of(
                request(3).securityGroups("sg-bmadczm1").templateId("crs-cfg-1").build()));
        assertThat(level(report, check)).as(text(report, check)).isEqualTo(Level.UNKNOWN);
    }

    @Test
    void securityGroupsAndTheTemplateMustExist() {
        start(simulated().securityGroups("sg-bmadczm1").template("crs-cfg-1", 16));
        assertThat(level(report(plan(60)), Check.SECURITY_GROUPS)).isEqualTo(Level.OK);
        PreflightReport report = report(ClonePlan.of(request(3)
                .securityGroups("sg-bmadczm1", "sg-other")
                .templateId("crs-cfg-2")
                .build()));
        assertThat(level(report, Check.SECURITY_GROUPS)).isEqualTo(Level.BLOCKER);
        assertThat(text(report, Check.SECURITY_GROUPS)).isEqualTo("sg-other not found in project 0");
        assertThat(level(report, Check.TEMPLATE)).isEqualTo(Level.BLOCKER);
        assertThat(level(report(ClonePlan.of(request(3).templateId("crs-cfg-1").build())), Check.TEMPLATE))
                .isIn(Level.OK, Level.WARNING);
    }

    @Test
    void aClockThatDiffersIsAWarning() {
        start(simulated().clock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(4))));
        assertThat(level(report(plan(60)), Check.CLOCK)).isEqualTo(Level.WARNING);
    }

    @Test
    void aPlanThatTheJournalKnowsIsAWarningAndAnUndoneOneABlocker() {
        start(simulated());
        client.clone(plan("order-1", 60)).blockLast(PATIENCE);
        assertThat(level(report(plan("order-1", 60)), Check.JOURNAL)).isEqualTo(Level.WARNING);
        PlanId id = PlanId.of("order-1");
        client.undo(id, UndoConfirmation.of(id, 60)).blockLast(PATIENCE);
        assertThat(level(report(plan("order-1", 60)), Check.JOURNAL)).isEqualTo(Level.BLOCKER);
    }

    @Test
    void aMissingPermissionIsAFindingThatNamesIt() {
        start(simulated());
        for (String action :
                List.of("GetCallerIdentity", "DescribeSubnets", "DescribeAccountBalance", "DescribeProductInfo")) {
            simulator.deny(action, "UnauthorizedOperation.NoCAMAuthed");
        }
        PreflightReport report = report(plan(60));
        assertThat(report.findings())
                .filteredOn(finding -> finding.level() == Level.UNKNOWN)
                .extracting(Finding::permission)
                .containsExactly(
                        "sts:GetCallerIdentity",
                        "redis:DescribeProductInfo",
                        "finance:DescribeAccountBalance",
                        "vpc:DescribeSubnets");
        assertThat(report.hasBlocker()).isFalse();
    }

    @Test
    void aCheckThatGetsNoResponseIsAFindingAfterTenSeconds() {
        start(simulated());
        FastForwardScheduler time = new FastForwardScheduler(5);
        simulator.misbehave(Misbehaviour.ofAction("DescribeSubnets", arrival -> Fault.hang(false)));
        try (CloneClient hasty = client.toBuilder()
                .callTimeout(Duration.ofMinutes(4))
                .time(time, time.clock())
                .build()) {
            PreflightReport report = hasty.lookups().preflight(plan(60)).block(PATIENCE);
            assertThat(level(report, Check.SUBNET)).isEqualTo(Level.UNKNOWN);
            assertThat(text(report, Check.SUBNET)).isEqualTo("no response within 10 s");
        }
        simulator.misbehave(Misbehaviour.none());
    }

    @Test
    void aClientThatRequiresNoBlockerSendsNothingWhenThereIsOne() {
        start(simulated().stock(100003, 0));
        try (CloneClient careful =
                client.toBuilder().preflight(PreflightPolicy.REQUIRE_NO_BLOCKER).build()) {
            assertThatThrownBy(() -> careful.clone(plan("order-1", 60)).blockLast(PATIENCE))
                    .isInstanceOfSatisfying(
                            PreflightBlockedException.class,
                            blocked -> assertThat(level(blocked.report(), Check.STOCK))
                                    .isEqualTo(Level.BLOCKER))
                    .hasMessageStartingWith("plan order-1 is not bought: blocker stock: ");
            assertThatThrownBy(() -> careful.submit(plan("order-1", 60)).block(PATIENCE))
                    .isInstanceOf(PreflightBlockedException.class);
            assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
            assertThat(journal.find(PlanId.of("order-1")).blockOptional(PATIENCE))
                    .isEmpty();
        }
    }

    @Test
    void aClientThatRequiresNoBlockerBuysWithoutOneAndChecksAPlanOnlyOnce() {
        start(simulated().stock(100003, 60));
        try (CloneClient careful =
                client.toBuilder().preflight(PreflightPolicy.REQUIRE_NO_BLOCKER).build()) {
            assertThat(careful.cloneReport(plan("order-1", 60)).block(PATIENCE).complete())
                    .isTrue();
            // Nothing is left in stock, and the plan is replayed all the same.
            assertThat(careful.cloneReport(plan("order-1", 60)).block(PATIENCE).complete())
                    .isTrue();
            assertThat(simulator.books().arrivals("DescribeProductInfo")).hasSize(1);
            assertThat(simulator.books().bought()).isEqualTo(60);
        }
    }

    private PreflightReport report(ClonePlan plan) {
        return client.lookups().preflight(plan).block(PATIENCE);
    }

    private static Level level(PreflightReport report, Check check) {
        return finding(report, check).level();
    }

    private static String text(PreflightReport report, Check check) {
        return finding(report, check).text();
    }

    private static Finding finding(PreflightReport report, Check check) {
        return report.findings().stream()
                .filter(finding -> finding.check() == check)
                .findFirst()
                .orElseThrow();
    }

    private SimulatorBuilder simulated() {
        return Simulator.builder();
    }

    private void start(SimulatorBuilder builder) {
        simulator = builder.start();
        client = Fixtures.client(simulator)
                .journal(journal)
                .auditFor(Duration.ZERO)
                .build();
    }
}
