package io.ramet.reactor.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;

/** Observers that tell Micrometer; the only classes here that need it. */
public final class Micrometer {

    private Micrometer() {}

    /**
     * Traces, and the timers that the registry's handlers make of them: an observation {@code ramet.plan} of each run and
     * {@code ramet.attempt} of each attempt at a call, as {@link CloneObservation} says. A run's parent is the observation in
     * its subscriber's Reactor context, else the current one of his thread.
     *
     * @param registry is told
     * @return the observer; needs {@code micrometer-observation} on the class path
     */
    public static CloneObserver observations(ObservationRegistry registry) {
        return new Observations(registry);
    }

    /**
     * Meters: timers {@code ramet.permit.wait} and {@code ramet.call}, counters {@code ramet.instances}, and gauges
     * {@code ramet.plans}, {@code ramet.calls.waiting}, {@code ramet.calls.in.flight} and {@code ramet.chunks.in.doubt}.
     *
     * @param registry where the meters are
     * @param activity what the gauges show: an observer of the same client
     * @return the observer; needs {@code micrometer-core} on the class path
     */
    public static CloneObserver meters(MeterRegistry registry, CloneActivity activity) {
        return Meters.in(registry, activity);
    }
}
