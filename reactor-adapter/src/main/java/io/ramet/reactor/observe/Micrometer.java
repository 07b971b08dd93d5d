package io.ramet.reactor.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.ramet.reactor.shape.SharedShaper;

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

    /**
     * Meters of a limit that processes share: gauge {@code ramet.limit.shared}, 1 while this process has its permits from the
     * shared bucket and 0 while it has none or those of its own share, and counters {@code ramet.permits} by {@code source}.
     *
     * @param registry where the meters are
     * @param shaper what they show
     */
    public static void meters(MeterRegistry registry, SharedShaper shaper) {
        Meters.of(shaper, registry);
    }
}
