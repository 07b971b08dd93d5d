package io.ramet.benchmarks.compare;

import java.util.List;

/**
 * How much is measured.
 *
 * @param inFlight the numbers of requests in flight
 * @param runs interleaved runs of each competitor, of which the median counts
 * @param warmUpMillis the least warm-up before throughput counts
 * @param millis while it counts
 * @param batch chunks of one plan, at the least
 * @param paced sizes of plans within the limit
 * @param seeds plans with faults for each client
 * @param faultyInstances size of each of these
 * @param starts cold starts of each kind
 * @param grown sizes of plans without the limit
 */
record Profile(
        List<Integer> inFlight,
        int runs,
        int warmUpMillis,
        int millis,
        int batch,
        List<Integer> paced,
        int seeds,
        int faultyInstances,
        int starts,
        List<Integer> grown) {

    /** About an hour. */
    static final Profile FULL = new Profile(
            List.of(16),
            3,
            20_000,
            5_000,
            1_000,
            List.of(250, 1_000, 3_000, 100_000),
            5,
            1_000,
            9,
            // The journal in memory refuses a larger plan.
            List.of(1_000, 10_000, 100_000, 1_000_000));

    /** A few minutes, to see that all of it works; its timings say little. */
    static final Profile SHORT = new Profile(
            List.of(16),
            1,
            1_500,
            1_500,
            200,
            List.of(250, 1_000, 3_000),
            2,
            1_000,
            3,
            List.of(1_000, 10_000, 100_000));
}
