package io.ramet.cli;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.Locale;

/** The progress of a purchase. Not thread-safe. */
final class Progress {

    /** An earlier estimate of the remaining time would be too unsteady. */
    private static final Duration BEFORE_ESTIMATE = Duration.ofSeconds(2);

    private final ProgressLine line;
    private final ClonePlan plan;
    private final InFlightChunks inFlight;

    Progress(CliContext context, ClonePlan plan, InFlightChunks inFlight, long started) {
        this.line = new ProgressLine(context, started);
        this.plan = plan;
        this.inFlight = inFlight;
    }

    void show(CloneReport report) {
        line.show(report.requested() - report.pending(), report.requested(), () -> words(report));
    }

    /** Makes room for another line. */
    void clear() {
        line.clear();
    }

    private String words(CloneReport report) {
        Duration elapsed = line.elapsed();
        StringBuilder words = new StringBuilder(String.format(
                Locale.ROOT, "%d of %d cloned, %d", report.cloned(), report.requested(), inFlight.count()));
        words.append(line.isWide() ? " of " + plan.size() + " requests in flight" : " in flight");
        part(words, inFlight.countLookedUp(), "being looked up");
        part(words, report.notCloned(), "not cloned");
        part(words, report.inDoubt(), "in doubt");
        return words.append(", ")
                .append(ProgressLine.seconds(elapsed))
                .append(estimate(report, elapsed))
                .toString();
    }

    /** Assumes that the rest takes as long per instance as the first ones did. An interrupted run sends no rest. */
    private String estimate(CloneReport report, Duration elapsed) {
        int done = report.requested() - report.pending();
        boolean early = elapsed.compareTo(BEFORE_ESTIMATE) < 0 || done == 0;
        if (early || report.pending() == 0 || inFlight.isInterrupted()) {
            return "";
        }
        return String.format(Locale.ROOT, ", about %.0f s left", elapsed.toNanos() / 1e9 * report.pending() / done);
    }

    private static void part(StringBuilder words, int count, String what) {
        if (count > 0) {
            words.append(", ").append(count).append(' ').append(what);
        }
    }
}
