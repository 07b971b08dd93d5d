package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Throughput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What was aimed at, held against what was measured. */
final class Goals {

    private static final int IN_FLIGHT = 64;
    private static final String RAMET = "Ramet";
    private static final String VENDOR = "vendor's SDK";
    private static final double MEGABYTE = 1e6;

    private final List<Goal> goals = new ArrayList<>();

    private Goals() {}

    /**
     * One goal.
     *
     * @param aim what was aimed at
     * @param measured what was measured
     * @param met whether that is enough
     * @param cause why not, where it is known; empty if there is nothing to say
     */
    record Goal(String aim, String measured, boolean met, String cause) {}

    static List<Goal> of(Results results) {
        Goals goals = new Goals();
        goals.throughput(results.throughput());
        goals.pacing(results.pacing());
        goals.faults(results.faults());
        goals.coldStart(results.coldStart());
        return List.copyOf(goals.goals);
    }

    private void throughput(List<Throughput> rows) {
        Throughput ours = at(rows, RAMET);
        Throughput theirs = at(rows, VENDOR);
        ratio(
                "requests/s at 64 in flight: at least 2 × the vendor's SDK",
                ours.requestsPerSecond() / theirs.requestsPerSecond(),
                2,
                true,
                "client and server share the processors, so it follows the processor time per call: see there");
        ratio(
                "processor time per call: at most half",
                ours.cpuMicros() / theirs.cpuMicros(),
                0.5,
                false,
                "the network stack: of a call, signing, writing and parsing are less than a hundredth (hot path), and Spring WebClient on the same Netty needs as much");
        ratio(
                "allocation per call: at most a third",
                ours.allocatedBytes() / theirs.allocatedBytes(),
                1 / 3.0,
                false,
                "a ninth of it is ours (hot path), the rest Reactor Netty's for a request and an answer");
        add("threads: at most 10", ours.threads() + " against " + theirs.threads(), ours.threads() <= 10, "");
    }

    private static Throughput at(List<Throughput> rows, String client) {
        return rows.stream()
                .filter(row -> row.client().equals(client)
                        && row.inFlight() == IN_FLIGHT
                        && row.server().equals("bare"))
                .findFirst()
                .orElseThrow();
    }

    private void pacing(List<Pace> rows) {
        List<Pace> ours =
                rows.stream().filter(row -> row.client().equals(RAMET)).toList();
        double slowest = ours.stream()
                .mapToDouble(row -> row.seconds() / row.idealSeconds())
                .max()
                .orElseThrow();
        int peak = ours.stream().mapToInt(Pace::peak).max().orElseThrow();
        int throttled = ours.stream().mapToInt(Pace::throttled).sum();
        ratio(
                "within the limit: at most 1.06 × the ideal",
                slowest,
                1.06,
                false,
                "a call each 52.5 ms is 1.05; the rest is lateness that the shaper charges for, which weighs most in small plans, while the JVM is cold");
        add(
                "at most 20 calls in any second",
                String.valueOf(peak),
                peak <= 20,
                "not looked into; mind the load average");
        add("no call throttled", String.valueOf(throttled), throttled == 0, "not looked into; mind the load average");
        Pace small = ours.stream()
                .filter(row -> row.instances() == 1_000)
                .findFirst()
                .orElseThrow();
        Pace large = ours.stream().max(Comparator.comparingInt(Pace::instances)).orElseThrow();
        double grown = (large.liveHeapBytes() - small.liveHeapBytes()) / MEGABYTE;
        add(
                String.format(
                        Locale.ROOT, "heap flat from 1,000 to %,d instances: less than 2 MB more", large.instances()),
                String.format(
                        Locale.ROOT,
                        "%.1f MB to %.1f MB",
                        small.liveHeapBytes() / MEGABYTE,
                        large.liveHeapBytes() / MEGABYTE),
                grown < 2,
                "");
    }

    private void faults(List<Faults> rows) {
        Faults ours = rows.stream()
                .filter(row -> row.client().equals(RAMET))
                .findFirst()
                .orElseThrow();
        add("nothing bought twice", String.valueOf(ours.boughtTwice()), ours.boughtTwice() == 0, "");
        long lost = Math.max(0, ours.bought() - ours.told() - ours.inDoubt());
        add("nothing bought that is neither told nor known to be in doubt", String.valueOf(lost), lost == 0, "");
    }

    private void coldStart(List<ColdStart> rows) {
        double vendor = rows.get(2).median();
        ratio(
                "cold start: at most 1.3 × the vendor's SDK",
                rows.get(0).median() / vendor,
                1.3,
                false,
                "three times as many classes: Netty, Reactor and Jackson's data binding, of which the last alone takes a third");
        ratio(
                "with a class-data archive: level with it",
                rows.get(1).median() / vendor,
                1.0,
                false,
                "the archive spares loading the classes, not initializing them");
    }

    private void ratio(String aim, double measured, double bound, boolean atLeast, String cause) {
        add(
                aim,
                String.format(Locale.ROOT, "%.2f ×", measured),
                atLeast ? measured >= bound : measured <= bound,
                cause);
    }

    private void add(String aim, String measured, boolean met, String cause) {
        goals.add(new Goal(aim, measured, met, met ? "" : cause));
    }
}
