package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class VerboseTest {

    @Test
    void theLogNamesVersionsAndStepsAndHoldsNoSecret() throws Exception {
        List<String> log = cloned("--verbose");

        assertThat(log).first().asString().startsWith("ramet ").contains("Java ");
        assertThat(log).anyMatch(line -> line.contains(" DEBUG ") && line.contains("audited"));
    }

    @Test
    void withoutItNothingIsLogged() throws Exception {
        assertThat(cloned()).noneMatch(line -> line.matches(".*(DEBUG|INFO|WARN|SLF4J).*"));
    }

    /** {@return standard error} */
    private static List<String> cloned(String... more) throws Exception {
        try (Simulator simulator = Simulator.start();
                ChildProcess child = new ChildProcess(
                        Map.of(
                                "TENCENTCLOUD_SECRET_ID", simulator.secretId(),
                                "TENCENTCLOUD_SECRET_KEY", simulator.secretKey()),
                        Stream.of(
                                        List.of(
                                                "clone",
                                                "--endpoint=" + simulator.uri(),
                                                "--region=ap-guangzhou",
                                                "--goods-num=31",
                                                "--billing=payg",
                                                "--yes"),
                                        Fixtures.REQUEST,
                                        List.of(more))
                                .flatMap(List::stream)
                                .toArray(String[]::new))) {
            List<String> log = child.complaints();
            assertThat(child.exitCode()).isZero();
            assertThat(log).noneMatch(line -> line.contains(simulator.secretKey()));
            return log;
        }
    }
}
