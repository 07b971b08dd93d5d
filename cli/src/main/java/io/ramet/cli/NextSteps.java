package io.ramet.cli;

import static java.util.stream.Collectors.joining;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * The next steps for the chunks that a run has left open: the exact commands, quoted for a shell and without secrets.
 */
interface NextSteps {

    /** Printed if outcomes could not be written to standard output. */
    String UNWRITTEN = "Standard output could not be written: the lines it did not take are above, on standard error.";

    /** {@return what to do, in words; empty if nothing is left open} */
    Optional<String> about(CloneReport report);

    /** {@return where to find the deals of a plan that standard output did not take, in words} */
    String deals(PlanId plan);

    /** {@return how to wait again for the instances of a plan, in words; empty if that is not possible} */
    default Optional<String> waiting(PlanId plan) {
        return Optional.empty();
    }

    /** {@return the commands that return what a plan has bought; empty if that is not possible} */
    default Optional<String> undoing(PlanId plan) {
        return Optional.empty();
    }

    /** For a simulator within this process: the instances it sold are gone with it. */
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

    /** For a run without a journal: nothing was recorded. */
    static NextSteps impossible() {
        return new NextSteps() {
            @Override
            public Optional<String> about(CloneReport report) {
                return report.complete()
                        ? Optional.empty()
                        : Optional.of(
                                "This run kept no journal: the same command buys everything again. Request only what is missing"
                                        + (isOpen(report)
                                                ? ", and look up the instances in doubt by their names before."
                                                : "."));
            }

            @Override
            public String deals(PlanId plan) {
                return UNWRITTEN + " They are recorded nowhere else: this run kept no journal.";
            }
        };
    }

    /**
     * For a run with a journal: chunks that were never sent can be sent, chunks in doubt can be looked up.
     *
     * @param program the words that start this program
     * @param journal the words that name the journal
     * @param connection the words that name server, key and region
     * @param options the other words that resume and reconcile need
     * @param resumeOnly the words that only resume needs
     * @param resumeHints notes on what resume needs and its command cannot hold
     * @param hints notes on what every command needs and cannot hold
     */
    record Commands(
            List<String> program,
            List<String> journal,
            List<String> connection,
            List<String> options,
            List<String> resumeOnly,
            List<String> resumeHints,
            List<String> hints)
            implements NextSteps {

        /** The options that the next command repeats. None of them can hold a secret. */
        private static final Set<String> CONNECTION = Set.of(
                "--region", "--profile", "--endpoint", "--call-timeout", "--proxy", "--proxy-user-file", "--ca-file");

        private static final String STAYS_REFUSED =
                "A chunk that was refused for stock, quota or balance is sent again two minutes later at the earliest "
                        + "(--visibility-lag), because it may have been delivered nevertheless.";

        private static final Set<String> OPTIONS = Set.of(
                "--max-instances",
                "--max-in-doubt",
                "--max-in-flight",
                "--on-doubt",
                "--visibility-lag",
                "--unverified-plans",
                "--shaper",
                "--shape",
                "--replicas",
                "--output");

        /**
         * Takes what the commands that continue a plan need from the present command line.
         *
         * @param password the file that holds the clones' password, or null
         * @param needsPassword whether the clones have one
         */
        static Commands of(
                CliContext context,
                ParseResult commandLine,
                JournalOptions journal,
                @Nullable Path password,
                boolean needsPassword) {
            List<String> resumeHints = new ArrayList<>();
            List<String> hints = new ArrayList<>();
            if (needsPassword && password == null) {
                resumeHints.add(
                        "resume also needs the clones' password, which is recorded nowhere: type it when asked, or give "
                                + "--password-file FILE.");
            }
            if (journal.omitsSecrets(context)) {
                hints.add(
                        "Parts of the journal's URL that may be a secret are left out: set PGPASSWORD or PGPASSFILE, or give "
                                + "them again.");
            }
            List<String> resumeOnly = needsPassword && password != null
                    ? List.of("--password-file", password.toAbsolutePath().toString())
                    : List.of();
            return new Commands(
                    context.program(),
                    journal.words(context),
                    given(commandLine, CONNECTION),
                    given(commandLine, OPTIONS),
                    resumeOnly,
                    resumeHints,
                    hints);
        }

        private static List<String> given(ParseResult commandLine, Set<String> names) {
            return commandLine.matchedOptions().stream()
                    .filter(option -> names.contains(option.longestName()))
                    .flatMap(option -> Stream.of(
                            option.longestName(), option.stringValues().get(0)))
                    .toList();
        }

        @Override
        public Optional<String> waiting(PlanId plan) {
            return Optional.of(lines("To wait for them again:", plan, "wait"));
        }

        @Override
        public Optional<String> about(CloneReport report) {
            List<String> lines = new ArrayList<>();
            if (report.notCloned() + report.pending() > 0) {
                lines.add("To send what was not sent:");
                lines.add(command("resume", report.planId(), List.of(connection, options, journal, resumeOnly)));
                if (staysRefused(report.reason())) {
                    lines.add(STAYS_REFUSED);
                }
            }
            if (isOpen(report)) {
                lines.add("To look up again what is in doubt:");
                lines.add(command("reconcile", report.planId(), List.of(connection, options, journal)));
            }
            if (!lines.isEmpty()) {
                lines.addAll(resumeHints);
                lines.addAll(hints);
            }
            return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), lines));
        }

        @Override
        public Optional<String> undoing(PlanId plan) {
            return Optional.of(lines(command("reconcile", plan, List.of(connection, options, journal)), plan, "undo"));
        }

        /** {@return a first line, and below it the command of that name for a plan} */
        String lines(String first, PlanId plan, String name) {
            List<String> lines = new ArrayList<>();
            lines.add(first);
            lines.add(command(name, plan, List.of(connection, journal)));
            lines.addAll(hints);
            return String.join(System.lineSeparator(), lines);
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

    private static boolean staysRefused(@Nullable CallFailure reason) {
        return reason instanceof ApiRefusal refusal && refusal.code().mayHavePartialEffect();
    }

    private static boolean isOpen(CloneReport report) {
        return report.inDoubt() + report.missing() > 0;
    }

    /** Quotes a word for a shell, if that is necessary. */
    private static String quoted(String word) {
        return Pattern.matches("[A-Za-z0-9_@%+=:,./-]+", word) ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
