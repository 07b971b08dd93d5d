package io.ramet.simulator;

import java.time.Duration;

/** What was settled about a request on arrival. */
record Admission(Arrival arrival, boolean overLimit, Course course, Duration latency) {}
