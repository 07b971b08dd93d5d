package io.ramet.benchmarks.compare;

import java.util.List;

/**
 * How much is measured.
 *
 * @param runs interleaved runs of each competitor, of which the median counts
 * @param warmUpMillis the least warm-up before throughput is measured
 * @param millis how long throughput is measured
 * @param batch the least number of chunks in one plan
 * @param paced sizes of plans within the limit
 * @param seeds plans with faults for each client
 * @param starts cold starts of each kind
 * @param grown sizes of plans without the limit
 */
record Profile(
        int runs,
        int warmUpMillis,
        int millis,
        int batch,
        List<Integer> paced,
        int seeds,
        int starts,
        List<Integer> grown) {

    /** About an hour. The journal in memory refuses a plan larger than the largest of these. */
    static final Profile FULL = new Profile(
            3,
            20_000,
            5_000,
            1_000,
            List.of(250, 1_000, 3_000, 100_000),
            5,
            9,
            List.of(1_000, 10_000, 100_000, 1_000_000));

    /** A few minutes, to see that everything works; its timings say little. */
    static final Profile SHORT =
            new Profile(1, 1_500, 1_500, 200, List.of(250, 1_000, 3_000), 2, 3, List.of(1_000, 10_000, 100_000));
}
