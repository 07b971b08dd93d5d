package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Throughput;
import io.ramet.benchmarks.report.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** The goals, compared with the measurements. */
final class Goals {

    private static final String RAMET = "Ramet";
    private static final String VENDOR = "vendor's SDK";
    private static final double MEGABYTE = 1e6;

    private final List<Goal> goals = new ArrayList<>();

    private Goals() {}

    /**
     * One goal.
     *
     * @param aim the goal
     * @param measured the measurement
     * @param met whether the goal is met
     * @param cause the cause of a gap; empty if the goal is met or the cause is not known
     */
    record Goal(String aim, String measured, boolean met, String cause) {}

    static List<Goal> of(Results results) {
        Goals goals = new Goals();
        goals.throughput(results.throughput());
        goals.pacing(results.pacing().rows());
        goals.faults(results.faults());
        goals.coldStart(results.coldStart());
        return List.copyOf(goals.goals);
    }

    private void throughput(List<Throughput> rows) {
        Throughput ours = at(rows, RAMET);
        Throughput theirs = at(rows, VENDOR);
        ratio(
                "requests/s at 16 in flight, a connection for each purchase: at least 1.3 × the vendor's SDK",
                ours.requestsPerSecond() / theirs.requestsPerSecond(),
                1.3,
                true,
                "a new connection for each purchase, which costs the server too: see bare Reactor Netty with and without a pool");
        ratio(
                "processor time per request: at most 0.6 × the vendor's SDK",
                ours.cpuMicros() / theirs.cpuMicros(),
                0.6,
                false,
                "a new connection for each purchase: see bare Reactor Netty with and without a pool, and [the profile](benchmarks.md)");
        add(
                "threads: at most 10",
                Text.format("%.0f", ours.threads()),
                ours.threads() <= 10,
                "one event loop, the client's timer, Reactor's shared threads (one for each processor), and the JVM's own");
    }

    private static Throughput at(List<Throughput> rows, String client) {
        return first(rows, row -> row.client().equals(client) && row.server().equals("bare"));
    }

    private static <T> T first(List<T> rows, Predicate<T> wanted) {
        return rows.stream().filter(wanted).findFirst().orElseThrow();
    }

    private void pacing(List<Pace> rows) {
        List<Pace> ours =
                rows.stream().filter(row -> row.client().equals(RAMET)).toList();
        for (Pace row : ours) {
            double ideal = row.idealSeconds();
            double bound = ideal == 0 ? 0.1 : ideal * (ideal < 2 ? 1.2 : ideal < 10 ? 1.1 : 1.055);
            add(
                    Text.format(
                            "%,d instances: at most %.1f s, ideal %.0f s", row.instances(), bound, row.idealSeconds()),
                    Text.format("%.2f s", row.seconds()),
                    row.seconds() <= bound,
                    "each run begins in a cold JVM; the largest plan shows the pace once it is warm");
        }
        int peak = ours.stream().mapToInt(Pace::peak).max().orElseThrow();
        int throttled = ours.stream().mapToInt(Pace::throttled).sum();
        String late =
                "a defect, or a server that reads later than the window allows for, as on a machine with other load";
        add("at most 20 requests in any second", String.valueOf(peak), peak <= 20, late);
        add("no request throttled", String.valueOf(throttled), throttled == 0, late);
        Pace small = first(ours, row -> row.instances() == 1_000);
        Pace large = ours.stream().max(Comparator.comparingInt(Pace::instances)).orElseThrow();
        double grown = (large.liveHeapBytes() - small.liveHeapBytes()) / MEGABYTE;
        add(
                Text.format("heap flat from 1,000 to %,d instances: less than 2 MB more", large.instances()),
                Text.format("%.1f MB to %.1f MB", small.liveHeapBytes() / MEGABYTE, large.liveHeapBytes() / MEGABYTE),
                grown < 2,
                "");
    }

    private void faults(List<Faults> rows) {
        Faults ours = first(rows, row -> row.client().equals(RAMET));
        add("nothing bought twice", String.valueOf(ours.boughtTwice()), ours.boughtTwice() == 0, "");
        add(
                "nothing bought that is neither reported nor known to be in doubt",
                String.valueOf(ours.lost()),
                ours.lost() == 0,
                "");
    }

    private void coldStart(List<ColdStart> rows) {
        double vendor = rows.get(2).median();
        ratio(
                "cold start: at most 1.8 × the vendor's SDK",
                rows.get(0).median() / vendor,
                1.8,
                false,
                "twice as many classes, and the JVM's compiler, which takes half of the processor time");
        ratio(
                "with a class-data archive: at most 1.1 ×",
                rows.get(1).median() / vendor,
                1.1,
                false,
                "the archive spares loading the classes, not initializing them");
    }

    private void ratio(String aim, double measured, double bound, boolean atLeast, String cause) {
        add(aim, Text.format("%.2f ×", measured), atLeast ? measured >= bound : measured <= bound, cause);
    }

    private void add(String aim, String measured, boolean met, String cause) {
        goals.add(new Goal(aim, measured, met, met ? "" : cause));
    }
}
