package io.ramet.cli;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;

/** Writes each chunk's outcome once, and adds them up. */
final class OutcomeWriter {

    private final CliContext shell;
    private final ClonePlan plan;
    private final OutcomeLines lines;
    private final InFlightChunks onTheWay;
    private final Progress progress;
    private final BitSet written = new BitSet();
    private final long started;
    private CloneReport report;
    private boolean closed;

    OutcomeWriter(CliContext shell, ClonePlan plan, OutcomeLines lines, InFlightChunks onTheWay) {
        this.shell = shell;
        this.plan = plan;
        this.lines = lines;
        this.onTheWay = onTheWay;
        this.started = shell.nanoTime().getAsLong();
        this.progress = new Progress(shell, plan, onTheWay, started);
        this.report = CloneReport.of(plan);
    }

    synchronized void write(ChunkOutcome outcome) {
        if (closed || written.get(outcome.chunk().index())) {
            return;
        }
        written.set(outcome.chunk().index());
        report = report.plus(outcome);
        progress.clear();
        print(lines.outcome(outcome));
        onTheWay.written(outcome);
        progress.show(report);
    }

    synchronized void showProgress() {
        if (!closed) {
            progress.show(report);
        }
    }

    synchronized void say(String words) {
        progress.clear();
        shell.err().println(words);
    }

    /** {@return the report; calls that nobody waits for any longer are in doubt, what this run has not touched is pending} */
    synchronized CloneReport close() {
        if (!closed) {
            plan.chunks()
                    .filter(chunk -> !written.get(chunk.index()))
                    .map(onTheWay::asOfNow)
                    .flatMap(Optional::stream)
                    .forEach(this::write);
            closed = true;
            progress.clear();
        }
        return report;
    }

    synchronized void writeReport() {
        print(lines.report(report, Duration.ofNanos(shell.nanoTime().getAsLong() - started)));
    }

    /** What standard output does not take, such as that of a full disk, must not be lost. */
    private void print(String line) {
        shell.out().println(line);
        if (shell.out().checkError()) {
            shell.err().println(line);
        }
    }
}
