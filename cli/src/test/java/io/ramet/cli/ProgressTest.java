package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter err = new StringWriter();
    private final AtomicLong now = new AtomicLong();
    private final ClonePlan plan = Fixtures.plan("order-1", 3000);

    @Test
    void withoutTerminalThereAreFourLinesHoweverManyCalls() {
        Progress progress = progress(false);
        CloneReport report = CloneReport.of(plan);

        for (int index = 0; index < plan.size(); index++) {
            report = report.plus(cloned(index));
            progress.show(report);
        }

        assertThat(err.toString().lines()).hasSize(4).last().asString().contains("3000 of 3000 cloned");
        assertThat(err.toString()).doesNotContain("\u001b").doesNotContain("\r\u001b");
    }

    @Test
    void withoutTerminalAStalledRunPrintsALineEveryTenSeconds() {
        Progress progress = progress(false);

        for (int second = 0; second < 60; second++) {
            progress.show(CloneReport.of(plan));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(err.toString().lines()).hasSize(5);
    }

    @Test
    void atATerminalOneLineIsDrawnOverAndErased() {
        Progress progress = progress(true);
        CloneReport report = CloneReport.of(plan).plus(cloned(0));

        progress.show(report);
        progress.show(report);
        progress.clear();

        assertThat(err.toString())
                .startsWith("\r\u001b[K\u001b[?7l[................] 30 of 3000 cloned")
                .endsWith("\r\u001b[K")
                .doesNotContain("\n");
        assertThat(err.toString().split("cloned", -1))
                .as("drawn once within 80 ms")
                .hasSize(2);
    }

    @Test
    void theTimeThatIsLeftIsEstimatedAtThePaceSoFar() {
        Progress progress = progress(true);
        now.set(Duration.ofSeconds(3).toNanos());

        progress.show(IntStream.range(0, 25)
                .mapToObj(this::cloned)
                .reduce(CloneReport.of(plan), CloneReport::plus, (one, other) -> one));

        assertThat(err.toString()).contains("750 of 3000 cloned").contains(", 3.0 s, about 9 s left");
    }

    @Test
    void anInterruptedRunEstimatesNoTime() {
        InFlightChunks inFlight = new InFlightChunks();
        CliContext context = Fixtures.context(new StringWriter(), err, true, now::get);
        now.set(Duration.ofSeconds(3).toNanos());
        inFlight.interrupt();

        new Progress(context, plan, inFlight, 0).show(CloneReport.of(plan).plus(cloned(0)));

        assertThat(err.toString()).contains("30 of 3000 cloned", ", 3.0 s").doesNotContain("left");
    }

    @Test
    void inFortyColumnsTheNumbersAreVisible() {
        Progress progress = progress(true);

        progress.show(CloneReport.of(plan).plus(cloned(0)));

        String drawn = err.toString();
        String line = drawn.substring(drawn.indexOf('[', drawn.indexOf("?7l")), drawn.indexOf("\u001b[?7h"));
        assertThat(line.substring(0, 40)).contains("30 of 3000 cloned");
        assertThat(drawn).as("wraps again after it").endsWith("\u001b[?7h");
    }

    @Test
    void inEightyColumnsTheRemainingTimeIsVisible() {
        CliContext context = Fixtures.context(new StringWriter(), err, true, now::get, 80);
        now.set(Duration.ofSeconds(30).toNanos());

        new Progress(context, plan, new InFlightChunks(), 0)
                .show(IntStream.range(0, 25)
                        .mapToObj(this::cloned)
                        .reduce(CloneReport.of(plan), CloneReport::plus, (one, other) -> one));

        assertThat(err.toString()).contains("] 750 of 3000 cloned, 0 in flight, 30.0 s, about 90 s left");
    }

    @Test
    void noColorCiAndDumbTerminalsAreNotDrawnOn() {
        assertThat(CliContext.redraws(Map.of())).isTrue();
        assertThat(CliContext.redraws(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(CliContext.redraws(Map.of("CI", "true"))).isFalse();
        assertThat(CliContext.redraws(Map.of("TERM", "dumb"))).isFalse();
    }

    private Progress progress(boolean redraws) {
        CliContext context = Fixtures.context(new StringWriter(), err, redraws, now::get);
        return new Progress(context, plan, new InFlightChunks(), 0);
    }

    private Cloned cloned(int index) {
        List<String> ids = IntStream.range(0, 30)
                .mapToObj(instance -> "crs-" + index + "-" + instance)
                .toList();
        return new Cloned(plan.chunk(index), new Deal("1", null, ids, null));
    }
}
