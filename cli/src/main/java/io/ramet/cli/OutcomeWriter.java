package io.ramet.cli;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Prints the outcome of each chunk and adds up the outcomes. */
final class OutcomeWriter {

    private final CliContext context;
    private final ClonePlan plan;
    private final OutcomeLines lines;
    private final InFlightChunks inFlight;
    private final Progress progress;
    private final BitSet written = new BitSet();
    /** Outcomes that were printed and are still open: the audit may settle them. */
    private final Map<Integer, ChunkOutcome> open = new TreeMap<>();

    private final long started;
    private CloneReport settled;
    private boolean closed;

    OutcomeWriter(CliContext context, ClonePlan plan, OutcomeLines lines, InFlightChunks inFlight) {
        this.context = context;
        this.plan = plan;
        this.lines = lines;
        this.inFlight = inFlight;
        this.started = context.nanoTime().getAsLong();
        this.progress = new Progress(context, plan, inFlight, started);
        this.settled = CloneReport.of(plan);
    }

    synchronized void write(ChunkOutcome outcome) {
        int index = outcome.chunk().index();
        boolean known = written.get(index) && (outcome.open() || !open.containsKey(index));
        if (closed || known) {
            return;
        }
        written.set(index);
        if (outcome.open()) {
            open.put(index, outcome);
        } else {
            open.remove(index);
            settled = settled.plus(outcome);
        }
        progress.clear();
        print(lines.outcome(outcome));
        inFlight.written(outcome);
        progress.show(report());
    }

    synchronized void showProgress() {
        if (!closed) {
            progress.show(report());
        }
    }

    synchronized void message(String words) {
        progress.clear();
        context.err().say(words);
    }

    /**
     * {@return the report; requests in flight are in doubt from now on, chunks that this run has not touched are
     * pending}
     */
    synchronized CloneReport close() {
        if (!closed) {
            plan.chunks()
                    .filter(chunk -> !written.get(chunk.index()) || open.containsKey(chunk.index()))
                    .map(inFlight::asOfNow)
                    .flatMap(Optional::stream)
                    .forEach(this::write);
            closed = true;
            progress.clear();
            print(lines.rest());
        }
        return report();
    }

    synchronized void writeReport() {
        print(List.of(lines.report(report(), Duration.ofNanos(context.nanoTime().getAsLong() - started))));
    }

    private CloneReport report() {
        CloneReport sum = settled;
        for (ChunkOutcome outcome : open.values()) {
            sum = sum.plus(outcome);
        }
        return inFlight.audited(sum);
    }

    /** An outcome must not be lost because standard output cannot be written, such as to a full disk. */
    private void print(List<String> outcomes) {
        for (String line : outcomes) {
            context.out().say(line, context.redraws() ? lines.colour(line) : "");
            if (context.out().checkError()) {
                context.err().say(line);
            }
        }
    }
}
