package io.ramet.cli;

import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lines for people. Neighbouring chunks that were not cloned for the same reason share a line. */
final class TextLines implements OutcomeLines {

    private static final int MAX_LISTED = 20;
    private static final String IN_DOUBT = "IN DOUBT";
    private static final String NOT_CLONED = "not cloned";
    private static final String SURPLUS = " MORE THAN REQUESTED";

    private @Nullable Repeated repeated;

    /** Chunks that follow each other and were not cloned for the same reason. */
    private record Repeated(int first, int last, int instances, String reason) {

        String line() {
            return TextLines.line(
                    NOT_CLONED, first == last ? "chunk " + first : "chunks " + first + "–" + last, instances, reason);
        }

        boolean continuesWith(Repeated next) {
            return next.first == last + 1 && next.reason.equals(reason);
        }

        Repeated with(Repeated next) {
            return new Repeated(first, next.last, instances + next.instances, reason);
        }
    }

    @Override
    public Stream<String> plan(ClonePlan plan) {
        String first = plan.chunk(0).instanceName();
        String last = plan.chunk(plan.size() - 1).instanceName();
        return Stream.of("Plan " + plan.summary(), "Named " + (plan.size() == 1 ? first : first + " to " + last));
    }

    @Override
    public List<String> outcome(ChunkOutcome outcome) {
        return outcome.fold(
                cloned -> after(line("cloned", outcome, deal(cloned))),
                this::heldBack,
                inDoubt -> after(line(IN_DOUBT, outcome, doubt(inDoubt))));
    }

    /** {@return the lines of a chunk that was sent and has no response yet} */
    List<String> sending(CloneChunk chunk) {
        return after(line("sent", "chunk " + chunk.index(), chunk.goodsNum(), "no response yet"));
    }

    private List<String> heldBack(NotCloned outcome) {
        int index = outcome.chunk().index();
        Repeated next = new Repeated(index, index, outcome.chunk().goodsNum(), reason(outcome.failure()));
        Repeated before = repeated;
        if (before != null && before.continuesWith(next)) {
            repeated = before.with(next);
            return List.of();
        }
        List<String> lines = rest();
        repeated = next;
        return lines;
    }

    private List<String> after(String line) {
        return Stream.concat(rest().stream(), Stream.of(line)).toList();
    }

    @Override
    public List<String> rest() {
        List<String> lines = repeated == null ? List.of() : List.of(repeated.line());
        repeated = null;
        return lines;
    }

    /** Red where money is at risk, yellow where nothing was bought. */
    @Override
    public String colour(String line) {
        if (line.startsWith(IN_DOUBT) || line.contains("\nIn doubt: ") || line.contains(SURPLUS)) {
            return "\u001b[31m";
        }
        return line.startsWith(NOT_CLONED) ? "\u001b[33m" : "";
    }

    @Override
    public String report(CloneReport report, Duration took) {
        return report(report) + String.format(Locale.ROOT, ", %.1f s", took.toMillis() / 1000.0) + details(report);
    }

    /** {@return the counts in one line} */
    static String report(CloneReport report) {
        return "Report: " + report.summary();
    }

    /** {@return the lines below the counts, each with a line end before it} */
    static String details(CloneReport report) {
        StringBuilder text = new StringBuilder();
        report.firstReason()
                .map(TextLines::reason)
                .ifPresent(reason -> text.append("\nFirst reason: ").append(reason));
        listed(
                text,
                "In doubt: ",
                report.doubts().stream().map(TextLines::doubt).toList(),
                "chunk");
        listed(text, "NOT REQUESTED: ", report.audit().surplusIds(), "instance");
        return text.toString();
    }

    /** Nothing but an interruption closes the client while its plan is bought. */
    private static String reason(Throwable failure) {
        return failure instanceof NotSent notSent && notSent.reason() == NotSent.Reason.CLIENT_CLOSED
                ? "not sent: interrupted"
                : String.valueOf(failure.getMessage());
    }

    private static void listed(StringBuilder text, String what, List<String> lines, String unit) {
        lines.stream()
                .limit(MAX_LISTED)
                .forEach(line -> text.append('\n').append(what).append(line));
        if (lines.size() > MAX_LISTED) {
            text.append('\n')
                    .append(what)
                    .append("and ")
                    .append(Words.count(lines.size() - MAX_LISTED, "more " + unit));
        }
    }

    private static String line(String what, ChunkOutcome outcome, String about) {
        return line(what, "chunk " + outcome.chunk().index(), outcome.chunk().goodsNum(), about);
    }

    private static String line(String what, String chunks, int instances, String about) {
        return String.format(
                Locale.ROOT,
                "%-10s  %-10s %3d instance%s  %s",
                what,
                chunks,
                instances,
                instances == 1 ? " " : "s",
                about);
    }

    private static String deal(Cloned cloned) {
        List<String> ids = cloned.deal().instanceIds();
        String instances =
                ids.isEmpty() ? "no ids" : ids.get(0) + (ids.size() == 1 ? "" : " and " + (ids.size() - 1) + " more");
        return "deal " + cloned.deal().name().orElse("unknown") + "  " + instances
                + (cloned.missing() > 0
                        ? "  " + Words.count(cloned.missing(), "ID").toUpperCase(Locale.ROOT) + " MISSING"
                        : "")
                + (cloned.surplus() > 0 ? "  " + cloned.surplus() + SURPLUS : "");
    }

    private static String doubt(InDoubt doubt) {
        return "look up " + doubt.chunk().instanceName() + ": "
                + doubt.failure().getMessage();
    }
}
