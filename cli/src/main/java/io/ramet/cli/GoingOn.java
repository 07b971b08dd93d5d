package io.ramet.cli;

import static java.util.stream.Collectors.joining;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What can be done about what a run has left open: the exact commands, for pasting into a shell, without secrets. */
@FunctionalInterface
interface GoingOn {

    /** {@return what to do, in words; empty if nothing is left open} */
    Optional<String> about(CloneReport report);

    /** What a simulator sold is gone with it. */
    static GoingOn needless() {
        return report -> Optional.empty();
    }

    /** Nothing was kept. */
    static GoingOn impossible() {
        return report -> report.complete()
                ? Optional.empty()
                : Optional.of(
                        "This run kept no journal: doing it again buys all of it again. Ask only for what is missing"
                                + (isOpen(report) ? ", and look for what is in doubt by its name first." : "."));
    }

    /**
     * The journal knows: what was never sent can be sent, what is in doubt can be looked for.
     *
     * @param program how this program is called
     * @param options the words that both commands need
     * @param resumeOnly the words that resume needs besides
     * @param hints what has to be given again
     */
    static GoingOn by(List<String> program, List<String> options, List<String> resumeOnly, List<String> hints) {
        return report -> {
            List<String> lines = new ArrayList<>();
            if (report.notCloned() + report.pending() > 0) {
                lines.add("To send what was not sent:");
                lines.add(command(program, "resume", report.planId(), options, resumeOnly));
            }
            if (isOpen(report)) {
                lines.add("To look again for what is in doubt:");
                lines.add(command(program, "settle", report.planId(), options, List.of()));
            }
            if (!lines.isEmpty()) {
                lines.addAll(hints);
            }
            return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), lines));
        };
    }

    private static boolean isOpen(CloneReport report) {
        return report.inDoubt() + report.missing() > 0;
    }

    private static String command(
            List<String> program, String name, PlanId plan, List<String> options, List<String> more) {
        return Stream.of(program, List.of(name, plan.value()), options, more)
                .flatMap(List::stream)
                .map(GoingOn::quoted)
                .collect(joining(" ", "  ", ""));
    }

    /** A word as a shell reads it back. */
    private static String quoted(String word) {
        return Pattern.matches("[A-Za-z0-9_@%+=:,./-]+", word) ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
