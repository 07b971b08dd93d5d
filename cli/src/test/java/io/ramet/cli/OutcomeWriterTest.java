package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutcomeWriterTest {

    private final ClonePlan plan = Fixtures.plan("order-1", 1040);
    private final InFlightChunks inFlight = new InFlightChunks();
    private final StringWriter out = new StringWriter();

    @Test
    void neighboursThatWereNotClonedForTheSameReasonShareALine() {
        OutcomeWriter writer = writer(false, new TextLines());
        writer.write(cloned(0));
        IntStream.range(16, plan.size()).forEach(index -> writer.write(notSent(index, "sending had stopped")));
        writer.write(cloned(1));
        writer.write(notSent(2, "sending had stopped"));
        writer.write(new NotCloned(plan.chunk(3), new NotSent(Reason.CLIENT_CLOSED, "the client was closed", null)));
        writer.close();

        assertThat(out.toString().lines())
                .extracting(line -> line.replaceAll(" +", " "))
                .containsExactly(
                        "cloned chunk 0 30 instances deal 1 crs-0-0 and 29 more",
                        "not cloned chunks 16–34 560 instances not sent: sending had stopped",
                        "cloned chunk 1 30 instances deal 1 crs-1-0 and 29 more",
                        "not cloned chunk 2 30 instances not sent: sending had stopped",
                        "not cloned chunk 3 30 instances not sent: interrupted");
    }

    @Test
    void inNdjsonEachChunkHasALine() {
        OutcomeWriter writer = writer(false, new JsonLines());
        IntStream.range(0, plan.size()).forEach(index -> writer.write(notSent(index, "sending had stopped")));

        assertThat(out.toString().lines()).hasSize(plan.size());
    }

    @Test
    void anOutcomeThatTheAuditFindsReplacesADoubtInTheReport() {
        OutcomeWriter writer = writer(false, new TextLines());
        writer.write(inDoubt(0));
        inFlight.settled(cloned(0));

        CloneReport report = writer.close();

        assertThat(report.cloned()).isEqualTo(30);
        assertThat(report.inDoubt()).isZero();
        assertThat(out.toString().lines())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("IN DOUBT"),
                        second -> assertThat(second).startsWith("cloned"));
    }

    @Test
    void coloursAreForTerminalsAlone() {
        OutcomeWriter coloured = writer(true, new TextLines());
        coloured.write(inDoubt(0));
        assertThat(out.toString()).startsWith("\u001b[31mIN DOUBT").endsWith("\u001b[0m" + System.lineSeparator());

        out.getBuffer().setLength(0);
        writer(false, new TextLines()).write(inDoubt(0));
        assertThat(out.toString()).startsWith("IN DOUBT").doesNotContain("\u001b");
    }

    @Test
    void instancesThatWereNotRequestedAreRed() {
        OutcomeWriter coloured = writer(true, new TextLines());
        coloured.write(new Cloned(plan.chunk(34), new Deal("1", null, instanceIds(34, 21), null)));
        assertThat(out.toString()).startsWith("\u001b[31mcloned").contains("1 MORE THAN REQUESTED");
    }

    private OutcomeWriter writer(boolean terminal, OutcomeLines lines) {
        return new OutcomeWriter(
                Fixtures.context(out, new StringWriter(), terminal, System::nanoTime), plan, lines, inFlight);
    }

    private Cloned cloned(int index) {
        List<String> ids = instanceIds(index, plan.chunk(index).goodsNum());
        return new Cloned(plan.chunk(index), new Deal("1", null, ids, null));
    }

    private static List<String> instanceIds(int index, int count) {
        return IntStream.range(0, count)
                .mapToObj(instance -> "crs-" + index + "-" + instance)
                .toList();
    }

    private NotCloned notSent(int index, String why) {
        return new NotCloned(plan.chunk(index), new NotSent(Reason.RUN_STOPPED, why, null));
    }

    private InDoubt inDoubt(int index) {
        return new InDoubt(plan.chunk(index), new LostResponse(Phase.WRITTEN, "reset", null, null));
    }
}
