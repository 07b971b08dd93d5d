package io.ramet.reactor.observe;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.ramet.reactor.shape.SharedShaper;

/** Creates observers that report to Micrometer. No other class needs Micrometer. */
public final class Micrometer {

    private Micrometer() {}

    /**
     * Creates an observer for traces, and for the timers that the registry's handlers derive from them. Its
     * observations are {@code ramet.plan} for each run, {@code ramet.attempt} for each attempt at a chunk, {@code
     * ramet.operation} for each look-up, undo and restore, and {@code ramet.credentials.refresh} for each fetch of
     * credentials. {@link CloneObservation} describes them. The parent of a run is the observation in its subscriber's
     * Reactor context, or else the current observation of the subscriber's thread.
     *
     * @param registry receives the observations
     * @return the observer; needs {@code micrometer-observation} on the class path
     */
    public static CloneObserver observations(ObservationRegistry registry) {
        return new Observations(requireNonNull(registry, "registry"));
    }

    /**
     * Creates an observer for meters: timers {@code ramet.permit.wait} and {@code ramet.call}, counters {@code
     * ramet.instances}, {@code ramet.throttled} and {@code ramet.alarms} (by {@code kind}), and gauges {@code
     * ramet.plans}, {@code ramet.calls.waiting}, {@code ramet.calls.in.flight} and {@code ramet.chunks.in.doubt}.
     *
     * @param registry the registry of the meters
     * @param activity the source of the gauges: an observer of the same client
     * @return the observer; needs {@code micrometer-core} on the class path
     */
    public static CloneObserver meters(MeterRegistry registry, CloneActivity activity) {
        return Meters.in(requireNonNull(registry, "registry"), requireNonNull(activity, "activity"));
    }

    /**
     * Registers meters of a shared limit: gauge {@code ramet.limit.shared}, which is 1 while this process takes its
     * permits from the shared bucket and 0 while it waits or uses its own share, and counters {@code ramet.permits} by
     * {@code source}.
     *
     * @param registry the registry of the meters
     * @param shaper the source of the meters
     */
    public static void meters(MeterRegistry registry, SharedShaper shaper) {
        Meters.of(requireNonNull(registry, "registry"), requireNonNull(shaper, "shaper"));
    }
}
