package io.ramet.reactor.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * The meters to watch and to alert on.
 *
 * @param open how many instances of each open chunk were counted as cloned, because a chunk has an outcome again with
 *     each look-up
 */
record Meters(MeterRegistry registry, Map<String, Integer> open) implements CloneObserver {

    /** A bound for memory; beyond it, a chunk can be counted again. */
    private static final int MAX_OPEN = 100_000;

    static Meters in(MeterRegistry registry, CloneActivity activity) {
        gauge(registry, activity, "plans", "Plans that are running", CloneActivity::plans);
        gauge(registry, activity, "calls.waiting", "Requests that are waiting for a permit", CloneActivity::waiting);
        gauge(
                registry,
                activity,
                "calls.in.flight",
                "Requests that are waiting for their response",
                CloneActivity::inFlight);
        gauge(
                registry,
                activity,
                "chunks.in.doubt",
                "Chunks in doubt: it is not known whether they were bought",
                CloneActivity::inDoubt);
        // Registered at zero, so that an alert on an increase sees the first one.
        for (Alarm.Kind kind : Alarm.Kind.values()) {
            alarms(registry, kind);
        }
        throttled(registry);
        return new Meters(registry, new ConcurrentHashMap<>());
    }

    static void of(MeterRegistry registry, SharedShaper shaper) {
        Gauge.builder("ramet.limit.shared", shaper, it -> it.state().mode() == Mode.SHARED ? 1 : 0)
                .strongReference(true)
                .description("Whether permits come from the shared bucket")
                .register(registry);
        permits(registry, shaper, "shared", SharedShaperStatus::sharedPermits);
        permits(registry, shaper, "own", SharedShaperStatus::ownPermits);
    }

    private static void permits(
            MeterRegistry registry, SharedShaper shaper, String source, ToDoubleFunction<SharedShaperStatus> count) {
        FunctionCounter.builder("ramet.permits", shaper, it -> count.applyAsDouble(it.state()))
                .tag("source", source)
                .description("Permits so far")
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            CloneActivity activity,
            String name,
            String description,
            ToDoubleFunction<CloneActivity> value) {
        Gauge.builder("ramet." + name, activity, value)
                .strongReference(true)
                .description(description)
                .register(registry);
    }

    @Override
    public RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        Tags tags = Tags.of(
                "action",
                "CloneInstances",
                "region",
                region,
                "billing.mode",
                plan.request().billingMode().label());
        return new MeteredRun(tags);
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        int goodsNum = outcome.chunk().goodsNum();
        int ids = outcome.fold(cloned -> cloned.deal().instanceIds().size(), no -> 0, doubt -> 0);
        String chunk = outcome.chunk().instanceName();
        Integer before = outcome.open() && open.size() < MAX_OPEN ? open.put(chunk, ids) : open.remove(chunk);
        int counted = before == null ? 0 : before;
        int instances = outcome.fold(
                cloned -> Math.max(0, ids - counted), no -> goodsNum, doubt -> before == null ? goodsNum : 0);
        String name =
                outcome.fold(cloned -> OutcomeTags.CLONED, no -> OutcomeTags.REFUSED, doubt -> OutcomeTags.IN_DOUBT);
        Counter.builder("ramet.instances")
                .tag("outcome", name)
                .description("Instances of chunks that have an outcome")
                .register(registry)
                .increment(instances);
    }

    @Override
    public void throttled(CloneChunk chunk, Duration pause) {
        throttled(registry).increment();
    }

    @Override
    public void alarm(PlanId plan, Alarm alarm) {
        alarms(registry, alarm.kind()).increment();
    }

    private static Counter throttled(MeterRegistry registry) {
        return Counter.builder("ramet.throttled")
                .description("Requests that the API refused because of its rate limit")
                .register(registry);
    }

    @Override
    public void awaited(InstanceState state) {
        Counter.builder("ramet.instances.awaited")
                .tag("status", word(state.status()))
                .description("Instances whose wait is over")
                .register(registry)
                .increment();
        if (state.status() == InstanceState.Status.RUNNING && state.age() != null) {
            Timer.builder("ramet.instance.start")
                    .description(
                            "From the signature of the request to the first listing that shows the instance running")
                    .register(registry)
                    .record(state.age());
        }
    }

    @Override
    public void undone(PlanId plan, UndoOutcome outcome) {
        Counter.builder("ramet.instances.undone")
                .tag("result", word(outcome.result()))
                .description("Instances with an outcome of an undo or a restore")
                .register(registry)
                .increment();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Counter alarms(MeterRegistry registry, Alarm.Kind kind) {
        return Counter.builder("ramet.alarms")
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .description("Findings that must not occur, such as instances that were not requested")
                .register(registry);
    }

    private final class MeteredRun implements RunObserver {

        private final Tags tags;

        MeteredRun(Tags tags) {
            this.tags = tags;
        }

        @Override
        public AttemptObserver attempt(CloneChunk chunk, int number) {
            return new MeteredAttempt(tags);
        }
    }

    private final class MeteredAttempt implements AttemptObserver {

        private final Tags tags;
        private volatile Timer.@Nullable Sample wait;
        private volatile Timer.@Nullable Sample call;

        MeteredAttempt(Tags tags) {
            this.tags = tags;
        }

        @Override
        public void queued() {
            wait = Timer.start(registry);
        }

        @Override
        public void permitted() {
            stop(wait, "ramet.permit.wait", "The time that requests wait for a permit", tags);
        }

        @Override
        public void sending() {
            call = Timer.start(registry);
        }

        @Override
        public void responded(Deal deal) {
            ended(new OutcomeTags(OutcomeTags.CLONED, OutcomeTags.NONE));
        }

        @Override
        public void failed(Throwable failure) {
            ended(OutcomeTags.of(failure));
        }

        private void ended(OutcomeTags result) {
            stop(
                    call,
                    "ramet.call",
                    "The time from a request to its response",
                    tags.and("outcome", result.outcome(), "error.code", result.errorCode()));
        }

        private void stop(Timer.@Nullable Sample sample, String timer, String description, Tags tags) {
            if (sample != null) {
                sample.stop(
                        Timer.builder(timer).tags(tags).description(description).register(registry));
            }
        }
    }
}
