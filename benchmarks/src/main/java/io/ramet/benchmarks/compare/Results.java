package io.ramet.benchmarks.compare;

import java.util.List;
import java.util.Map;

/**
 * All that one comparison has measured; kept as JSON, from which tables and plots are made.
 *
 * @param machine where it was measured
 * @param throughput without the limit
 * @param pacing with the limit
 * @param timeline when each call of one paced run came, in milliseconds after the first, by client
 * @param faults what was bought and told when calls go wrong
 * @param coldStart from the start of the JVM to the first deal
 * @param growth what an instance costs as plans grow
 */
record Results(
        Machine machine,
        List<Throughput> throughput,
        List<Pace> pacing,
        Map<String, List<Double>> timeline,
        List<Faults> faults,
        List<ColdStart> coldStart,
        List<Growth> growth) {

    /**
     * Where and when.
     *
     * @param cpu the processor
     * @param cores how many of it
     * @param os the system
     * @param jdk the Java version, with its vendor
     * @param date the day
     * @param load the system's load average before the first measurement: above 1, others were at work
     */
    record Machine(String cpu, int cores, String os, String jdk, String date, double load) {}

    /**
     * One client at one number of calls in flight.
     *
     * @param client its name
     * @param server which server answered
     * @param inFlight calls in flight
     * @param requestsPerSecond answered calls a second
     * @param cpuMicros the client's processor time per call
     * @param allocatedBytes the client's heap allocation per call
     * @param threads its threads at most, the JVM's own included
     */
    record Throughput(
            String client,
            String server,
            int inFlight,
            double requestsPerSecond,
            double cpuMicros,
            double allocatedBytes,
            int threads) {}

    /**
     * One plan bought within the limit.
     *
     * @param client its name
     * @param instances size of the plan
     * @param billing how it is billed
     * @param calls its calls
     * @param seconds how long it took, from the first call at the server to the last
     * @param idealSeconds (calls - 1) / 20
     * @param peak the most calls in any sliding second at the server
     * @param throttled calls that the server held back
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
     * One client when calls go wrong, summed over all seeds.
     *
     * @param client its name
     * @param seeds how many plans, each with its own faults
     * @param asked instances that were asked for
     * @param bought instances in the server's books
     * @param told of these, those whose id reached the caller
     * @param boughtTwice of these, those that a further execution of one call has bought
     * @param inDoubt instances that the caller knows to be in doubt
     * @param calls calls at the server
     */
    record Faults(
            String client, int seeds, int asked, int bought, int told, int boughtTwice, long inDoubt, int calls) {}

    /**
     * One way to start.
     *
     * @param client its name
     * @param millis each run, from the start of the JVM until the deal is printed
     */
    record ColdStart(String client, List<Long> millis) {

        double median() {
            List<Long> sorted = millis.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
        }
    }

    /**
     * One plan bought without the limit.
     *
     * @param client its name
     * @param instances size of the plan
     * @param cpuNanos processor time per instance
     * @param allocatedBytes allocated per instance
     * @param liveHeapBytes heap in use after a collection at the end, with the client still open
     */
    record Growth(String client, int instances, double cpuNanos, double allocatedBytes, long liveHeapBytes) {}
}
