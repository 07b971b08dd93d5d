package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.ramet.error.ApiRefusal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.lookup.UndoConfirmation;
import io.ramet.reactor.lookup.UndoRefusedException;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.observe.Micrometer;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** A client seen from outside: observations, meters, and the Reactor context of its requests. */
// An outcome that is lost shows in a client that cannot be closed.
@Timeout(60)
class ObserverTest {

    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();
    private final TestObservationRegistry observations = TestObservationRegistry.create();
    private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();
    private final CloneActivity activity = new CloneActivity(Clock.systemUTC());
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final CloneClientBuilder builder = Fixtures.client(simulator)
            .shaper(RequestShaper.paced(2_000))
            .observer(Micrometer.observations(observations))
            .observer(activity)
            .observer(Micrometer.meters(meters, activity));

    @BeforeEach
    void listen() {
        observations.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                ended.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
    }

    @AfterEach
    public void close() {
        simulator.close();
    }

    @Test
    void lookUpsAndAnUndoAreObservedAndTheirInstancesCounted() {
        PlanId id = PlanId.of("returned");
        Observation request = Observation.start("http.server.requests", observations);
        try (CloneClient client = builder.build()) {
            client.clone(plan("returned", 30)).blockLast(PATIENCE);
            client.lookups().awaitRunning(id).blockLast(PATIENCE);
            client.undo(id, UndoConfirmation.of(id, 30))
                    .contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, request))
                    .blockLast(PATIENCE);
            client.lookups().latestBackup("crs-xjhsdj12").block(PATIENCE);
            assertThatThrownBy(
                            () -> client.undo(id, UndoConfirmation.of(id, 31)).blockLast(PATIENCE))
                    .isInstanceOf(UndoRefusedException.class);
        }
        assertThat(ended("ramet.operation"))
                .extracting(operation -> operation.getContextualName() + " "
                        + operation.getLowCardinalityKeyValue("outcome").getValue())
                .containsExactly("awaitRunning completed", "undo completed", "backups cancelled", "undo failed");
        assertThat(ended("ramet.operation").get(1).getParentObservation()).isSameAs(request);
        assertThat(meters.get("ramet.instances.awaited")
                        .tag("status", "running")
                        .counter()
                        .count())
                .isEqualTo(30);
        assertThat(meters.get("ramet.instance.start").timer().count()).isEqualTo(30);
        assertThat(meters.get("ramet.instances.undone")
                        .tag("result", "isolated")
                        .counter()
                        .count())
                .isEqualTo(30);
    }

    @Test
    void aRunIsObservedUnderItsSubscribersObservationAndEachAttemptUnderTheRuns() {
        Observation request = Observation.start("http.server.requests", observations);
        try (CloneClient client = builder.build()) {
            client.cloneReport(plan("observed", 70))
                    .contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, request))
                    .block(PATIENCE);
        }

        TestObservationRegistryAssert.assertThat(observations)
                .hasNumberOfObservationsWithNameEqualTo("ramet.plan", 1)
                .hasNumberOfObservationsWithNameEqualTo("ramet.attempt", 3);
        assertThat(ended("ramet.plan")).singleElement().satisfies(run -> {
            assertThat(run.getParentObservation()).isSameAs(request);
            assertThat(run.getLowCardinalityKeyValues())
                    .containsExactlyInAnyOrder(
                            KeyValue.of("region", "ap-guangzhou"),
                            KeyValue.of("billing.mode", "pay-as-you-go"),
                            KeyValue.of("outcome", "settled"),
                            KeyValue.of("error.code", "none"));
            assertThat(value(run, "plan.id")).isEqualTo("observed");
            assertThat(run.getError()).isNull();
        });
        assertThat(ended("ramet.attempt")).hasSize(3).allSatisfy(attempt -> {
            assertThat(attempt.getParentObservation().getContextView().getName())
                    .isEqualTo("ramet.plan");
            assertThat(value(attempt, "action")).isEqualTo("CloneInstances");
            assertThat(value(attempt, "outcome")).isEqualTo("cloned");
            assertThat(value(attempt, "deal.id")).isNotEmpty();
            assertThat(value(attempt, "request.id")).isNotEmpty();
        });
    }

    @Test
    void aRefusalIsAnErrorWithItsCodeAndARequestId() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        try (CloneClient client = builder.build()) {
            client.cloneReport(plan(30)).block(PATIENCE);
        }

        assertThat(ended("ramet.attempt")).singleElement().satisfies(attempt -> {
            assertThat(value(attempt, "outcome")).isEqualTo("refused");
            assertThat(value(attempt, "error.code")).isEqualTo("ResourceUnavailable.SaleOut");
            assertThat(value(attempt, "request.id")).isNotEmpty();
            assertThat(attempt.getError()).isInstanceOf(ApiRefusal.class);
        });
        assertThat(ended("ramet.plan"))
                .singleElement()
                .satisfies(run -> assertThat(value(run, "outcome")).isEqualTo("settled"));
    }

    @Test
    void aCodeThatAServerMakesUpBecomesNoTag() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("Made.Up.4711", true)));
        try (CloneClient client = builder.build()) {
            client.cloneReport(plan(30)).block(PATIENCE);
        }

        assertThat(meters.get("ramet.call")
                        .tag("outcome", "in-doubt")
                        .tag("error.code", "unknown")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.getMeters())
                .noneMatch(meter -> meter.getId().toString().contains("4711"));
    }

    @Test
    void aDetachedRunCarriesTheContextOfItsSubmission() {
        List<String> seen = new CopyOnWriteArrayList<>();
        RequestShaper shaper = RequestShaper.paced(2_000);
        try (CloneClient client = builder.shaper(new RequestShaper() {
                    @Override
                    public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
                        return Mono.deferContextual(context -> {
                            seen.add(context.get("tenant") + " "
                                    + context.<Observation>get(ObservationThreadLocalAccessor.KEY)
                                            .getContext()
                                            .getName());
                            return shaper.shape(exchange);
                        });
                    }

                    @Override
                    public void pause(Duration time) {
                        shaper.pause(time);
                    }
                })
                .build()) {
            ClonePlan plan = plan(90);
            client.submit(plan).contextWrite(Context.of("tenant", "acme")).block(PATIENCE);
            client.cloneReport(plan).block(PATIENCE);
        }

        assertThat(seen).containsExactly("acme ramet.attempt", "acme ramet.attempt", "acme ramet.attempt");
    }

    @Test
    void aSubscriberThatContinuesOnErrorsLosesNoOutcome() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        try (CloneClient client = builder.stopOnRefusal(false).build()) {
            List<ChunkOutcome> outcomes = client.clone(plan(90))
                    .onErrorContinue((failure, element) -> {})
                    .collectList()
                    .block(PATIENCE);

            assertThat(outcomes).hasSize(3);
            assertThat(simulator.books().bought()).isEqualTo(60);
        }
    }

    @Test
    void metersCountCallsAndComeBackToZero() {
        simulator.misbehave(Misbehaviour.scripted(Fault.throttle()));
        try (CloneClient client = builder.build()) {
            client.cloneReport(plan(90)).block(PATIENCE);
        }

        assertThat(timer("ramet.permit.wait").count()).isEqualTo(4);
        assertThat(meters.get("ramet.call").tag("outcome", "cloned").timer().count())
                .isEqualTo(3);
        assertThat(meters.get("ramet.call")
                        .tag("error.code", "RequestLimitExceeded")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("ramet.instances")
                        .tag("outcome", "cloned")
                        .counter()
                        .count())
                .isEqualTo(90);
        assertThat(meters.get("ramet.throttled").counter().count()).isEqualTo(1);
        assertThat(gauge("ramet.calls.waiting")).isZero();
        assertThat(gauge("ramet.calls.in.flight")).isZero();
        assertThat(gauge("ramet.chunks.in.doubt")).isZero();
    }

    @Test
    void aChunkInDoubtIsCountedUntilItIsSettled() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.close(Fault.Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofSeconds(2)))));
        try (CloneClient client = builder.build()) {
            CloneReport report = client.cloneReport(plan("doubt", 30)).block(PATIENCE);

            assertThat(report.inDoubt()).isEqualTo(30);
            assertThat(gauge("ramet.chunks.in.doubt")).isEqualTo(1);
            assertThat(gauge("ramet.calls.in.flight")).isZero();
            assertThat(activity.lastCall())
                    .hasValueSatisfying(last -> assertThat(last.outcome()).isEqualTo("in-doubt"));

            Mono.delay(Duration.ofMillis(200))
                    .then(client.reconcile(PlanId.of("doubt")))
                    .repeat()
                    .takeUntil(CloneReport::complete)
                    .blockLast(PATIENCE);
            assertThat(gauge("ramet.chunks.in.doubt")).isZero();
            assertThat(instances("in-doubt")).isEqualTo(30);
            assertThat(instances("cloned")).isEqualTo(30);
        }
    }

    @Test
    void eachAlarmIsCountedByItsKind() {
        assertThat(alarms("unreported")).isZero();
        simulator.misbehave(Misbehaviour.scripted(Fault.executedTwice()));
        try (CloneClient client = builder.build()) {
            client.cloneReport(plan("alarming", 30)).block(PATIENCE);
        }

        assertThat(alarms("unreported")).isEqualTo(1);
        assertThat(alarms("surplus")).isZero();
        assertThat(alarms("duplicate")).isZero();
    }

    @Test
    void withoutAnySubscriberContextTheThreadsObservationIsTheParent() {
        Observation request = Observation.start("job", observations);
        try (CloneClient client = builder.build();
                Observation.Scope scope = request.openScope()) {
            client.cloneReport(plan(30)).block(PATIENCE);
            assertThat(scope.getCurrentObservation()).isSameAs(request);
        }

        assertThat(ended("ramet.plan"))
                .singleElement()
                .satisfies(run -> assertThat(run.getParentObservation()).isSameAs(request));
    }

    @Test
    void anObserverThatThrowsChangesNothing() {
        CloneObserver throwing = new CloneObserver() {
            @Override
            public RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
                return new RunObserver() {
                    @Override
                    public Context context(Context context) {
                        throw new IllegalStateException("observer");
                    }

                    @Override
                    public AttemptObserver attempt(CloneChunk chunk, int number) {
                        return new AttemptObserver() {
                            @Override
                            public void permitted() {
                                throw new IllegalStateException("observer");
                            }

                            @Override
                            public void sending() {
                                throw new NoClassDefFoundError("observer");
                            }
                        };
                    }
                };
            }

            @Override
            public void settled(ChunkOutcome outcome) {
                throw new IllegalStateException("observer");
            }
        };
        try (CloneClient client = builder.observer(throwing).build()) {
            assertThat(client.cloneReport(plan(90)).block(PATIENCE).complete()).isTrue();
        }
        assertThat(timer("ramet.call").count()).isEqualTo(3);
    }

    private List<Observation.Context> ended(String name) {
        return ended.stream().filter(context -> name.equals(context.getName())).toList();
    }

    private static String value(Observation.Context context, String key) {
        return context.getAllKeyValues().stream()
                .filter(pair -> pair.getKey().equals(key))
                .map(KeyValue::getValue)
                .findAny()
                .orElse("");
    }

    private Timer timer(String name) {
        return meters.get(name).timer();
    }

    private double instances(String outcome) {
        return meters.get("ramet.instances").tag("outcome", outcome).counter().count();
    }

    private double alarms(String kind) {
        return meters.get("ramet.alarms").tag("kind", kind).counter().count();
    }

    private double gauge(String name) {
        Meter gauge = meters.get(name).gauge();
        return gauge.measure().iterator().next().getValue();
    }
}
