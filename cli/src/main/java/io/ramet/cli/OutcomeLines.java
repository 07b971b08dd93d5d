package io.ramet.cli;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The lines of plans, outcomes and reports on standard output. Not thread-safe. */
interface OutcomeLines {

    /** The forms of {@code --output} of a command that buys. */
    enum Form {
        text,
        ndjson;

        OutcomeLines lines() {
            return this == text ? new TextLines() : new JsonLines();
        }

        InstanceForm instances() {
            return this == text ? InstanceForm.table : InstanceForm.ndjson;
        }
    }

    /** {@return the lines of a plan that is only shown, computed one by one} */
    Stream<String> plan(ClonePlan plan);

    /** {@return the lines of one more outcome; none if it is held back to share a line with the next ones} */
    List<String> outcome(ChunkOutcome outcome);

    /** {@return the lines that were held back} */
    List<String> rest();

    /** {@return the control sequence of a line's colour at a terminal; empty for none} */
    default String colour(String line) {
        return "";
    }

    /** {@return the lines of the report of a plan that took that long} */
    String report(CloneReport report, Duration took);
}
