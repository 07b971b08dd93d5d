package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.report.Environment;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.util.ListStatistics;

/**
 * All results of one comparison; kept as JSON, from which tables and plots are made.
 *
 * @param environment where and when the latest part was measured
 * @param throughput without the limit, warmed up
 * @param firstRequests without the limit, from a cold start
 * @param pacing within the limit
 * @param faults what was bought and reported when requests go wrong
 * @param coldStart from the start of the JVM to the first deal
 * @param growth the cost of an instance as plans grow
 */
record Results(
        Environment environment,
        List<Throughput> throughput,
        List<FirstRequests> firstRequests,
        Pacing pacing,
        List<Faults> faults,
        List<ColdStart> coldStart,
        List<Growth> growth) {

    /**
     * One client at one number of requests in flight: the median of several runs.
     *
     * @param requestsPerSecond requests per second that brought a deal
     * @param spread the difference between the fastest and the slowest run, divided by the median
     * @param steady whether the rate of every run was steady when its warm-up ended
     * @param cpuMicros the client's processor time per request
     * @param allocatedBytes the client's heap allocation per request
     * @param threads its threads at most, the JVM's own included
     */
    record Throughput(
            String client,
            String server,
            int inFlight,
            double requestsPerSecond,
            double spread,
            boolean steady,
            double cpuMicros,
            double allocatedBytes,
            double threads) {}

    /**
     * The first requests of a JVM that has just started: the median of several runs.
     *
     * @param millis when each deal was reported, from the start of the purchase, in order
     * @param cpuMillis processor time of the process for all of them, without the start of the JVM
     */
    record FirstRequests(String client, int requests, List<Double> millis, double cpuMillis) {}

    /**
     * Plans bought within the limit.
     *
     * @param rows one for each size of plan and client
     * @param timeline when each request of one run arrived, in milliseconds after the first, by client
     */
    record Pacing(List<Pace> rows, Map<String, List<Double>> timeline) {}

    /**
     * One plan bought within the limit.
     *
     * @param instances size of the plan
     * @param billing how it is billed
     * @param calls its chunks
     * @param seconds how long it took, from the first request at the server to the last
     * @param idealSeconds (calls - 1) / 20, rounded down
     * @param peak the most requests in any sliding second at the server
     * @param throttled requests that the server throttled
     * @param liveHeapBytes heap in use after a collection at the end, with the client still open
     */
    record Pace(
            String client,
            int instances,
            String billing,
            int calls,
            double seconds,
            double idealSeconds,
            int peak,
            int throttled,
            long liveHeapBytes) {}

    /**
     * One client when requests go wrong, summed over all seeds.
     *
     * @param seeds how many plans, each with its own faults
     * @param requested instances that were requested
     * @param bought instances in the server's books
     * @param reported instances in the server's books whose id was reported to the caller
     * @param boughtTwice instances in the server's books that a further execution of a request has bought
     * @param inDoubt instances that the caller knows to be in doubt
     */
    record Faults(
            String client, int seeds, long requested, long bought, long reported, long boughtTwice, long inDoubt) {

        /** {@return instances that were bought, and neither reported nor known to be in doubt} */
        long lost() {
            return Math.max(0, bought - reported - inDoubt);
        }
    }

    /**
     * One way to start.
     *
     * @param millis each run, from the start of the JVM until the deal is printed
     */
    record ColdStart(String client, List<Long> millis) {

        double median() {
            return Results.median(millis);
        }
    }

    static double median(List<? extends Number> values) {
        return new ListStatistics(
                        values.stream().mapToDouble(Number::doubleValue).toArray())
                .getPercentile(50);
    }

    /**
     * One plan bought without the limit.
     *
     * @param instances size of the plan
     * @param cpuNanos processor time per instance
     * @param allocatedBytes allocated per instance
     * @param liveHeapBytes heap in use after a collection at the end, with the client still open
     */
    record Growth(int instances, double cpuNanos, double allocatedBytes, long liveHeapBytes) {}
}
