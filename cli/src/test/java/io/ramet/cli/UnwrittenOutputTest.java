package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard output that accepts nothing: a full disk, a pipe whose reader is gone. */
class UnwrittenOutputTest {

    @TempDir
    private Path folder;

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    @Test
    void unwrittenOutputExits1AndPrintsTheCommandThatReadsTheDeals() throws IOException {
        Session unwritten = session().full();

        assertThat(unwritten.clone(simulator, "--goods-num=45", "--billing=payg", "--yes", "--plan-id=order-1"))
                .isEqualTo(1);

        Session read = session();
        assertThat(read.run(unwritten.printed("ramet report"))).isZero();
        assertThat(read.out().lines().filter(line -> line.startsWith("cloned"))).hasSize(2);
        assertThat(unwritten.err()).contains("Standard output could not be written");
    }

    @Test
    void withoutAJournalTheDealsAreOnStandardError() {
        Session unwritten = session().full();

        assertThat(unwritten.clone(
                        simulator, "--goods-num=45", "--billing=payg", "--yes", "--journal=none", "--output=ndjson"))
                .isEqualTo(1);

        assertThat(simulator.books().executions())
                .hasSize(2)
                .allSatisfy(bought -> assertThat(unwritten.err()).contains('"' + bought.dealId() + '"'));
        assertThat(unwritten.err()).contains("They are recorded nowhere else");
    }

    @Test
    void aReportOrPlanThatCannotBeWrittenExits1() {
        session().clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--plan-id=order-1");

        for (String command : List.of("report", "report order-1", "--version", "--help")) {
            Session unwritten = session().full();
            assertThat(unwritten.run(command.split(" "))).as(command).isEqualTo(1);
            assertThat(unwritten.err()).contains("Standard output could not be written");
        }
    }

    @Test
    void aFullDeviceIsNoticedByTheRealProcess() throws Exception {
        File full = new File("/dev/full");
        assumeThat(full).exists();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Ramet.class.getName(),
                        "--version")
                .redirectOutput(full)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(process.errorReader().lines()).contains("Standard output could not be written.");
        } finally {
            process.destroyForcibly();
        }
    }

    private Session session() {
        return new Session(folder).credentials(simulator.secretId(), simulator.secretKey());
    }
}
