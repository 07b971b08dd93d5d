package io.ramet.simulator;

import java.time.Duration;

/** The decision about a request on arrival. */
record Admission(Arrival arrival, boolean overLimit, Fault fault, Duration latency) {}
