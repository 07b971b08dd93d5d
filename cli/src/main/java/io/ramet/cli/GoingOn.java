package io.ramet.cli;

import io.ramet.outcome.CloneReport;
import java.util.Optional;

/** What can be done about what a run has left open: the exact command, without secrets. */
@FunctionalInterface
interface GoingOn {

    /** {@return what to do, in words; empty if nothing is left open} */
    Optional<String> about(CloneReport report);

    /** Nothing was kept. */
    static GoingOn impossible() {
        return report -> report.complete()
                ? Optional.empty()
                : Optional.of(
                        "This run kept no journal: doing it again buys all of it again. Ask only for what is missing"
                                + (report.inDoubt() + report.missing() > 0
                                        ? ", and look for what is in doubt by its name first."
                                        : "."));
    }

    /** The journal knows: what was never sent can be sent, what is in doubt can be looked for. */
    static GoingOn by(String options) {
        return report -> {
            StringBuilder words = new StringBuilder();
            if (report.notCloned() + report.pending() > 0) {
                words.append("\nTo send what was not sent:          ramet resume ")
                        .append(report.planId())
                        .append(options);
            }
            if (report.inDoubt() + report.missing() > 0) {
                words.append("\nTo look again for what is in doubt: ramet settle ")
                        .append(report.planId())
                        .append(options);
            }
            return words.isEmpty() ? Optional.empty() : Optional.of(words.substring(1));
        };
    }
}
