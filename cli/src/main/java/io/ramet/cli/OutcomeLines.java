package io.ramet.cli;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.stream.Stream;

/** How plans, outcomes and reports are written on standard output. */
interface OutcomeLines {

    /** The forms that {@code --output} knows. */
    enum Form {
        text,
        ndjson;

        OutcomeLines lines() {
            return this == text ? new TextLines() : new JsonLines();
        }
    }

    /** {@return a plan that is only looked at, computed line by line} */
    Stream<String> plan(ClonePlan plan);

    /** {@return one outcome, in one line} */
    String outcome(ChunkOutcome outcome);

    /** {@return what is known of a plan} */
    String report(CloneReport report);

    /** {@return how it all ended} */
    String report(CloneReport report, Duration took);
}
