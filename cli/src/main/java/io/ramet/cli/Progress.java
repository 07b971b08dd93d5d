package io.ramet.cli;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.Locale;

/**
 * The progress of a plan, on standard error: one line that is drawn over where that is possible; elsewhere a line for
 * each quarter of the plan, and at least one every ten seconds. Not thread-safe.
 */
final class Progress {

    private static final int BAR = 16;
    private static final int QUARTERS = 4;
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(80);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    /** Before that, an estimate of the time that is left would only jump. */
    private static final Duration BEFORE_ESTIMATE = Duration.ofSeconds(2);

    private static final String ERASE = "\r\u001b[K";

    /** Between these, a terminal cuts off what is too long for it, however wide it is at that moment. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final CliContext context;
    private final ClonePlan plan;
    private final InFlightChunks inFlight;
    private final long started;
    private long shown;
    private int quarter;
    private boolean drawn;

    Progress(CliContext context, ClonePlan plan, InFlightChunks inFlight, long started) {
        this.context = context;
        this.plan = plan;
        this.inFlight = inFlight;
        this.started = started;
        this.shown = started;
    }

    void show(CloneReport report) {
        long now = context.nanoTime().getAsLong();
        if (context.redraws()) {
            if (!drawn || now - shown >= BETWEEN_DRAWINGS.toNanos()) {
                context.err().control(ERASE + NO_WRAP);
                context.err().print(line(report, now));
                context.err().control(WRAP);
                context.err().flush();
                drawn = true;
                shown = now;
            }
        } else if (reachedAnotherQuarter(report) || now - shown >= BETWEEN_LINES.toNanos()) {
            context.err().println(line(report, now));
            shown = now;
        }
    }

    /** Makes room for another line. */
    void clear() {
        if (drawn) {
            context.err().control(ERASE);
            context.err().flush();
            drawn = false;
        }
    }

    private boolean reachedAnotherQuarter(CloneReport report) {
        int reached = share(report, QUARTERS);
        boolean another = reached > quarter;
        quarter = reached;
        return another;
    }

    private int share(CloneReport report, int of) {
        return (int) ((long) (report.requested() - report.pending()) * of / report.requested());
    }

    private String line(CloneReport report, long now) {
        int full = share(report, BAR);
        StringBuilder line = new StringBuilder("[")
                .append("#".repeat(full))
                .append(".".repeat(BAR - full))
                .append(String.format(
                        Locale.ROOT,
                        "] %d of %d cloned, %d of %d requests in flight",
                        report.cloned(),
                        report.requested(),
                        inFlight.count(),
                        plan.size()));
        part(line, inFlight.countLookedUp(), "being looked up");
        part(line, report.notCloned(), "not cloned");
        part(line, report.inDoubt(), "in doubt");
        line.append(String.format(Locale.ROOT, ", %.1f s", (now - started) / 1e9));
        return line.append(estimate(report, now - started)).toString();
    }

    /** The rest at the pace so far. */
    private static String estimate(CloneReport report, long elapsed) {
        int done = report.requested() - report.pending();
        if (elapsed < BEFORE_ESTIMATE.toNanos() || done == 0 || report.pending() == 0) {
            return "";
        }
        return String.format(Locale.ROOT, ", about %.0f s left", elapsed / 1e9 * report.pending() / done);
    }

    private static void part(StringBuilder line, int count, String what) {
        if (count > 0) {
            line.append(", ").append(count).append(' ').append(what);
        }
    }
}
