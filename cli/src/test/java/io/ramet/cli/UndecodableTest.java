package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UndecodableTest {

    /** The bytes that a shell passes for a Chinese name, whatever the encoding of the process of this test. */
    private static final String NAME = "--instance-name=$(printf '\\345\\205\\213')";

    @Test
    void undecodableBytesAreRefusedInsteadOfBeingReplaced() throws Exception {
        assertThat(plan("C", NAME)).startsWith("2 ").contains("LC_ALL=C.UTF-8");
    }

    @Test
    @Tag("soak")
    void asciiAndUtf8AreLeftAlone() throws Exception {
        assertThat(plan("C", "--instance-name=a")).startsWith("0 ");
        assertThat(plan("C.UTF-8", NAME)).doesNotContain("LC_ALL");
    }

    /** {@return the exit code of a real process, and its standard error} */
    private static String plan(String locale, String name) throws Exception {
        assumeThat(Files.exists(Path.of("/proc/self/cmdline"))).isTrue();
        List<String> command = Stream.concat(
                        Stream.of(
                                "sh",
                                "-c",
                                "exec \"$@\" \"" + name + "\"",
                                "sh",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                                Ramet.class.getName(),
                                "plan",
                                "--goods-num=1",
                                "--billing=payg"),
                        Fixtures.REQUEST.stream())
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", locale);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue() + " " + process.errorReader().lines().collect(Collectors.joining(" "));
        } finally {
            process.destroyForcibly();
        }
    }
}
