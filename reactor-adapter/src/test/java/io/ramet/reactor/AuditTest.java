package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** When a run ends, all instances of the plan are listed: a request that was executed twice shows nowhere else. */
class AuditTest {

    private final List<String> alarms = new CopyOnWriteArrayList<>();
    private final List<PlanAudit> audits = new CopyOnWriteArrayList<>();

    private final CloneObserver watch = new CloneObserver() {
        @Override
        public void alarm(PlanId plan, Alarm alarm) {
            alarms.add(alarm.what());
        }

        @Override
        public void audited(PlanId plan, PlanAudit audit) {
            audits.add(audit);
        }
    };

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    /** A proxy that repeats a POST to which it received no response. */
    private static final Misbehaviour ONE_IS_REPEATED =
            Misbehaviour.scripted(Fault.none(), Fault.none(), Fault.executedTwice());

    @Test
    void aRequestThatAProxyRepeatsRaisesTheAlarm() {
        simulator.misbehave(ONE_IS_REPEATED);
        try (CloneClient client = client().build()) {
            CloneReport report =
                    client.cloneReport(Fixtures.plan("order-1", 900)).block(PATIENCE);
            assertThat(simulator.books().bought()).isEqualTo(930);
            assertThat(report.audit().done()).isTrue();
            assertThat(report.audit().surplus()).isEqualTo(30);
            assertThat(report.audit().surplusIds()).hasSize(30);
            assertThat(report.surplus()).isEqualTo(30);
            assertThat(report.complete()).isFalse();
            assertThat(alarms).singleElement().asString().contains("instances that were not reported: 30, such as ");
        }
    }

    @Test
    void aGoodRunIsAudited() {
        try (CloneClient client = client().build()) {
            CloneReport report =
                    client.cloneReport(Fixtures.plan("order-1", 90)).block(PATIENCE);
            assertThat(report.complete()).isTrue();
            assertThat(report.summary()).endsWith("90 of 90 cloned in 3 deals, audited");
            int listings = simulator.books().arrivals("DescribeInstances").size();
            assertThat(client.cloneReport(Fixtures.plan("order-1", 90))
                            .block(PATIENCE)
                            .audit())
                    .as("a replay lists nothing")
                    .isEqualTo(PlanAudit.none("nothing was sent"));
            assertThat(simulator.books().arrivals("DescribeInstances")).hasSize(listings);
        }
        assertThat(audits).hasSize(1);
        assertThat(alarms).isEmpty();
    }

    @Test
    void aListingThatLagsIsNoAlarmAndNoFailureAndIsRepeated() {
        simulator.misbehave(Misbehaviour.always(Fault.lateVisibility(Duration.ofMillis(700))));
        try (CloneClient client = client().build()) {
            CloneReport report =
                    client.cloneReport(Fixtures.plan("order-1", 90)).block(PATIENCE);
            assertThat(report.complete()).isTrue();
            assertThat(report.audit().done()).isTrue();
        }
        simulator.misbehave(Misbehaviour.always(Fault.lateVisibility(Duration.ofHours(1))));
        try (CloneClient client = client().auditFor(Duration.ofSeconds(3)).build()) {
            CloneReport report =
                    client.cloneReport(Fixtures.plan("order-2", 90)).block(PATIENCE);
            assertThat(report.complete()).isTrue();
            assertThat(report.audit().summary())
                    .isEqualTo("not audited: reported instances that are not listed yet: 90 of 90");
        }
        assertThat(alarms).isEmpty();
    }

    @Test
    void outcomesAndClosingDoNotWaitForAListingThatHangs() {
        Ledger hanging = new Ledger(Ledger.responding(), listing -> Mono.<ApiResponse>never());
        Sinks.Empty<Void> allReported = Sinks.empty();
        CloneClient client =
                HardeningTest.client(hanging, builder -> builder.observer(watch).auditFor(Duration.ofDays(1)));
        ClonePlan plan = Fixtures.plan(90);
        Mono<List<ChunkOutcome>> outcomes = client.clone(plan)
                .doOnNext(outcome -> {
                    if (hanging.executions.size() == 3) {
                        allReported.tryEmitEmpty();
                    }
                })
                .collectList()
                .cache();
        outcomes.subscribe();
        allReported.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        assertThat(outcomes.block(PATIENCE)).hasSize(3).allMatch(Cloned.class::isInstance);
        assertThat(audits).containsExactly(PlanAudit.none("the client was closed"));
    }

    @Test
    void theNextRunOfAPlanDoesNotWaitForTheAuditOfTheLastOne() {
        Ledger hanging = new Ledger(Ledger.responding(), listing -> Mono.<ApiResponse>never());
        ClonePlan plan = Fixtures.plan(90);
        try (CloneClient client = HardeningTest.client(
                hanging, builder -> builder.observer(watch).maxInFlight(1).auditFor(Duration.ofDays(1)))) {
            client.clone(plan).take(3).blockLast(PATIENCE);
            assertThat(client.clone(plan).take(3).collectList().block(PATIENCE)).hasSize(3);
        }
    }

    @Test
    void aChunkInDoubtThatTheListingShowsIsSettled() {
        simulator.misbehave(Misbehaviour.scripted(Fault.reset(Fault.Stage.AFTER_EXECUTING)));
        try (CloneClient client = client().reconcileFor(Duration.ZERO).build()) {
            CloneReport report =
                    client.cloneReport(Fixtures.plan("order-1", 90)).block(PATIENCE);
            assertThat(report.inDoubt()).isEqualTo(30);
            assertThat(report.audit().found()).isEqualTo(30);
            assertThat(client.report(PlanId.of("order-1")).block(PATIENCE).complete())
                    .isTrue();
        }
        assertThat(alarms).isEmpty();
    }

    @Test
    void reconcilingAuditsThePlanToo() {
        try (CloneClient client = client().build()) {
            client.clone(Fixtures.plan("order-2", 30)).blockLast(PATIENCE);
            simulator.misbehave(Misbehaviour.scripted(Fault.executedTwice()));
            client.clone(Fixtures.plan("order-3", 30)).blockLast(PATIENCE);
            alarms.clear();
            assertThat(client.reconcile(PlanId.of("order-2")).block(PATIENCE).summary())
                    .endsWith("30 of 30 cloned in 1 deal, audited");
            CloneReport twice = client.reconcile(PlanId.of("order-3")).block(PATIENCE);
            assertThat(twice.surplus()).isEqualTo(30);
            assertThat(alarms).hasSize(1);
        }
    }

    private CloneClientBuilder client() {
        return Fixtures.client(simulator).shaper(new UnlimitedShaper()).observer(watch);
    }
}
