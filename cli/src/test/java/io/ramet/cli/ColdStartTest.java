package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process loads nothing before it buys that it does not need. */
@Timeout(120)
class ColdStartTest {

    @TempDir
    private Path folder;

    @Test
    void aPurchaseLoadsNoFlightRecorder() throws Exception {
        Path classes = folder.resolve("classes.txt");
        try (Simulator simulator = Simulator.start()) {
            ProcessBuilder builder = new ProcessBuilder(Stream.of(
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-Xlog:class+load:file=" + classes,
                                    "-cp",
                                    System.getProperty(
                                            "surefire.test.class.path", System.getProperty("java.class.path")),
                                    Ramet.class.getName(),
                                    "clone",
                                    "--endpoint=" + simulator.uri(),
                                    "--region=ap-guangzhou",
                                    "--goods-num=1",
                                    "--billing=payg",
                                    "--yes"),
                            Fixtures.REQUEST)
                    .flatMap(List::stream)
                    .toList());
            builder.environment().put("XDG_STATE_HOME", folder.toString());
            builder.environment().put("TENCENTCLOUD_SECRET_ID", simulator.secretId());
            builder.environment().put("TENCENTCLOUD_SECRET_KEY", simulator.secretKey());
            Process process = builder.redirectOutput(folder.resolve("out.txt").toFile())
                    .redirectError(folder.resolve("err.txt").toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(simulator.books().bought()).isEqualTo(1);
        }
        assertThat(classes).content().contains("io.netty.buffer.").doesNotContain("jdk.jfr.internal.PlatformEventType");
    }
}
