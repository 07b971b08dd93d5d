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
interface NextSteps {

    /** Said after outcomes that standard output did not take. */
    String UNWRITTEN = "Standard output could not be written: the lines it did not take are above, on standard error.";

    /** {@return what to do, in words; empty if nothing is left open} */
    Optional<String> about(CloneReport report);

    /** {@return where the deals of a plan stand that standard output did not take, in words} */
    String deals(PlanId plan);

    /** What a simulator sold is gone with it. */
    static NextSteps needless() {
        return new NextSteps() {
            @Override
            public Optional<String> about(CloneReport report) {
                return Optional.empty();
            }

            @Override
            public String deals(PlanId plan) {
                return UNWRITTEN;
            }
        };
    }

    /** Nothing was kept. */
    static NextSteps impossible() {
        return new NextSteps() {
            @Override
            public Optional<String> about(CloneReport report) {
                return report.complete()
                        ? Optional.empty()
                        : Optional.of(
                                "This run kept no journal: doing it again buys all of it again. Ask only for what is missing"
                                        + (isOpen(report)
                                                ? ", and look for what is in doubt by its name first."
                                                : "."));
            }

            @Override
            public String deals(PlanId plan) {
                return UNWRITTEN + " They stand nowhere else: this run kept no journal.";
            }
        };
    }

    /**
     * The journal knows: what was never sent can be sent, what is in doubt can be looked up.
     *
     * @param program how this program is called
     * @param journal the words that name the journal
     * @param options the words that both commands need besides
     * @param resumeOnly the words that resume needs besides
     * @param hints what has to be given again
     */
    record Commands(
            List<String> program,
            List<String> journal,
            List<String> options,
            List<String> resumeOnly,
            List<String> hints)
            implements NextSteps {

        @Override
        public Optional<String> about(CloneReport report) {
            List<String> lines = new ArrayList<>();
            if (report.notCloned() + report.pending() > 0) {
                lines.add("To send what was not sent:");
                lines.add(command("resume", report.planId(), List.of(options, journal, resumeOnly)));
            }
            if (isOpen(report)) {
                lines.add("To look again for what is in doubt:");
                lines.add(command("settle", report.planId(), List.of(options, journal)));
            }
            if (!lines.isEmpty()) {
                lines.addAll(hints);
            }
            return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), lines));
        }

        @Override
        public String deals(PlanId plan) {
            return String.join(
                    System.lineSeparator(),
                    UNWRITTEN + " The journal has them, too:",
                    command("report", plan, List.of(journal)));
        }

        private String command(String name, PlanId plan, List<List<String>> more) {
            return Stream.concat(Stream.of(program, List.of(name, plan.value())), more.stream())
                    .flatMap(List::stream)
                    .map(NextSteps::quoted)
                    .collect(joining(" ", "  ", ""));
        }
    }

    private static boolean isOpen(CloneReport report) {
        return report.inDoubt() + report.missing() > 0;
    }

    /** A word as a shell reads it back. */
    private static String quoted(String word) {
        return Pattern.matches("[A-Za-z0-9_@%+=:,./-]+", word) ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
