package io.ramet.reactor.observe;

import static io.ramet.reactor.observe.CloneObservation.HighCardinalityKeys.CHUNK;
import static io.ramet.reactor.observe.CloneObservation.HighCardinalityKeys.DEAL_ID;
import static io.ramet.reactor.observe.CloneObservation.HighCardinalityKeys.GOODS_NUM;
import static io.ramet.reactor.observe.CloneObservation.HighCardinalityKeys.PLAN_ID;
import static io.ramet.reactor.observe.CloneObservation.HighCardinalityKeys.REQUEST_ID;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.ACTION;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.BILLING_MODE;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.ERROR_CODE;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.OPERATION;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.OUTCOME;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.REGION;
import static io.ramet.reactor.observe.CloneObservation.LowCardinalityKeys.SOURCE;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.ramet.error.CallFailure;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Creates an observation for each run, and a child of it for each attempt. */
record Observations(ObservationRegistry registry) implements CloneObserver {

    /** The key of the current observation in a Reactor context, as Micrometer and libraries that use it define it. */
    static final String CURRENT = "micrometer.observation";

    /**
     * Keys whose values are known only at the end are present from the start, so that a time series always has the same
     * keys.
     */
    private static final KeyValues OPEN =
            KeyValues.of(OUTCOME.withValue(OutcomeTags.NONE), ERROR_CODE.withValue(OutcomeTags.NONE));

    @Override
    public RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        KeyValues shared = KeyValues.of(
                REGION.withValue(region),
                BILLING_MODE.withValue(plan.request().billingMode().label()));
        Observation observation = CloneObservation.PLAN
                .observation(registry)
                .contextualName("clone " + plan.id())
                .lowCardinalityKeyValues(shared)
                .lowCardinalityKeyValues(OPEN)
                .highCardinalityKeyValue(PLAN_ID.withValue(plan.id().value()))
                .highCardinalityKeyValue(
                        GOODS_NUM.withValue(String.valueOf(plan.request().goodsNum())));
        if (subscriber.getOrDefault(CURRENT, null) instanceof Observation parent) {
            observation.parentObservation(parent);
        }
        return new ObservedRun(observation.start(), shared);
    }

    @Override
    public RefreshObserver refreshing(String source) {
        Observation observation = CloneObservation.REFRESH
                .observation(registry)
                .contextualName("refresh credentials")
                .lowCardinalityKeyValue(SOURCE.withValue(source))
                .lowCardinalityKeyValue(OUTCOME.withValue(OutcomeTags.NONE))
                .start();
        return new RefreshObserver() {
            @Override
            public void refreshed(String link) {
                end(observation.lowCardinalityKeyValue(SOURCE.withValue(link)), "refreshed");
            }

            @Override
            public void failed(Throwable failure) {
                observation.lowCardinalityKeyValue(OUTCOME.withValue("failed"));
                observation.error(failure).stop();
            }
        };
    }

    @Override
    public OperationObserver operating(String operation, ContextView subscriber) {
        Observation observation = CloneObservation.OPERATION
                .observation(registry)
                .contextualName(operation)
                .lowCardinalityKeyValue(OPERATION.withValue(operation))
                .lowCardinalityKeyValues(OPEN);
        if (subscriber.getOrDefault(CURRENT, null) instanceof Observation parent) {
            observation.parentObservation(parent);
        }
        observation.start();
        return new OperationObserver() {
            @Override
            public void completed() {
                end(observation, "completed");
            }

            @Override
            public void failed(Throwable failure) {
                end(observation, "failed", failure);
            }

            @Override
            public void cancelled() {
                end(observation, "cancelled");
            }
        };
    }

    private static void end(Observation observation, String outcome) {
        observation.lowCardinalityKeyValue(OUTCOME.withValue(outcome)).stop();
    }

    private static void end(Observation observation, String outcome, Throwable failure) {
        observation
                .lowCardinalityKeyValue(OUTCOME.withValue(outcome))
                .lowCardinalityKeyValue(ERROR_CODE.withValue(OutcomeTags.errorCode(failure)))
                .error(failure)
                .stop();
    }

    private final class ObservedRun implements RunObserver {

        private final Observation observation;
        private final KeyValues shared;

        ObservedRun(Observation observation, KeyValues shared) {
            this.observation = observation;
            this.shared = shared;
        }

        @Override
        public Context context(Context context) {
            return context.put(CURRENT, observation);
        }

        @Override
        public AttemptObserver attempt(CloneChunk chunk, int number) {
            return new ObservedAttempt(CloneObservation.ATTEMPT
                    .observation(registry)
                    .contextualName("CloneInstances")
                    .parentObservation(observation)
                    .lowCardinalityKeyValues(shared)
                    .lowCardinalityKeyValue(ACTION.withValue("CloneInstances"))
                    .lowCardinalityKeyValues(OPEN)
                    .highCardinalityKeyValue(PLAN_ID.withValue(chunk.planId().value()))
                    .highCardinalityKeyValue(CHUNK.withValue(chunk.instanceName()))
                    .highCardinalityKeyValue(
                            CloneObservation.HighCardinalityKeys.ATTEMPT.withValue(String.valueOf(number)))
                    .start());
        }

        @Override
        public void completed() {
            end(observation, "settled");
        }

        @Override
        public void stopped(Throwable why) {
            end(observation, why instanceof CallFailure ? "stopped" : "failed", why);
        }
    }

    private record ObservedAttempt(Observation observation) implements AttemptObserver {

        @Override
        public Context context(Context context) {
            return context.put(CURRENT, observation);
        }

        @Override
        public void permitted() {
            observation.event(Observation.Event.of("permitted"));
        }

        @Override
        public void sending() {
            observation.event(Observation.Event.of("sending"));
        }

        @Override
        public void responded(Deal deal) {
            deal.name().ifPresent(name -> observation.highCardinalityKeyValue(DEAL_ID.withValue(name)));
            if (deal.requestId() != null) {
                observation.highCardinalityKeyValue(REQUEST_ID.withValue(deal.requestId()));
            }
            end(observation, OutcomeTags.CLONED);
        }

        @Override
        public void failed(Throwable failure) {
            if (failure instanceof CallFailure call) {
                call.requestId().ifPresent(id -> observation.highCardinalityKeyValue(REQUEST_ID.withValue(id)));
            }
            end(observation, OutcomeTags.of(failure).outcome(), failure);
        }
    }
}
