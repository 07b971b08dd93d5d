package io.ramet.cli;

import io.ramet.error.CallFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Lines for people. */
final class TextLines implements OutcomeLines {

    private static final int MOST_DOUBTS = 20;

    @Override
    public Stream<String> plan(ClonePlan plan) {
        String first = plan.chunk(0).instanceName();
        String last = plan.chunk(plan.size() - 1).instanceName();
        return Stream.of("Plan " + plan.summary(), "Named " + (plan.size() == 1 ? first : first + " to " + last));
    }

    @Override
    public String outcome(ChunkOutcome outcome) {
        return outcome.fold(
                cloned -> line("cloned", outcome, deal(cloned)),
                notCloned -> line(
                        "not cloned",
                        outcome,
                        String.valueOf(notCloned.failure().getMessage())),
                inDoubt -> line("IN DOUBT", outcome, doubt(inDoubt)));
    }

    @Override
    public String report(CloneReport report) {
        return report(report, "");
    }

    @Override
    public String report(CloneReport report, Duration took) {
        return report(report, String.format(Locale.ROOT, ", %.1f s", took.toMillis() / 1000.0));
    }

    private static String report(CloneReport report, String more) {
        StringBuilder text = new StringBuilder("Report: " + report.summary() + more);
        report.firstReason()
                .map(CallFailure::getMessage)
                .ifPresent(reason -> text.append("\nFirst reason: ").append(reason));
        report.doubts().stream()
                .limit(MOST_DOUBTS)
                .forEach(doubt -> text.append("\nIn doubt: ").append(doubt(doubt)));
        if (report.doubts().size() > MOST_DOUBTS) {
            text.append("\nIn doubt: and ")
                    .append(report.doubts().size() - MOST_DOUBTS)
                    .append(" more chunks");
        }
        return text.toString();
    }

    private static String line(String what, ChunkOutcome outcome, String about) {
        return String.format(
                Locale.ROOT,
                "%-10s  chunk %-4d %3d instance%s  %s",
                what,
                outcome.chunk().index(),
                outcome.chunk().goodsNum(),
                outcome.chunk().goodsNum() == 1 ? " " : "s",
                about);
    }

    private static String deal(Cloned cloned) {
        List<String> ids = cloned.deal().instanceIds();
        String instances =
                ids.isEmpty() ? "no ids" : ids.get(0) + (ids.size() == 1 ? "" : " and " + (ids.size() - 1) + " more");
        return "deal " + cloned.deal().name().orElse("unknown") + "  " + instances
                + (cloned.missing() > 0 ? "  " + cloned.missing() + " IDS MISSING" : "")
                + (cloned.surplus() > 0 ? "  " + cloned.surplus() + " MORE THAN ASKED FOR" : "");
    }

    private static String doubt(InDoubt doubt) {
        return "look for " + doubt.chunk().instanceName() + ": "
                + doubt.failure().getMessage();
    }
}
