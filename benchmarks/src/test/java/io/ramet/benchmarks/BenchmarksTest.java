package io.ramet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs and its competitors agree. Says nothing about speed. */
class BenchmarksTest {

    private static final String HOT_PATH = "io.ramet.benchmarks.hotpath.";

    @Test
    void everyBenchmarkRunsAndItsCompetitorsAgree() throws RunnerException {
        Set<String> ran = new Runner(new OptionsBuilder()
                        .include("^" + HOT_PATH.replace(".", "\\."))
                        .forks(0)
                        .threads(1)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run().stream()
                        .map(result -> result.getParams().getBenchmark().substring(HOT_PATH.length()))
                        .collect(Collectors.toSet());

        assertThat(ran)
                .containsExactlyInAnyOrder(
                        "SigningBenchmark.ours",
                        "SigningBenchmark.vendor",
                        "SigningBenchmark.aws",
                        "SigningBenchmark.plain",
                        "SigningBenchmark.floor",
                        "SerializationBenchmark.ours",
                        "SerializationBenchmark.vendor",
                        "SerializationBenchmark.gson",
                        "SerializationBenchmark.floor",
                        "ParsingBenchmark.ours",
                        "ParsingBenchmark.vendor",
                        "ParsingBenchmark.gson",
                        "ParsingBenchmark.floor",
                        "SumBenchmark.ours",
                        "SumBenchmark.vendor",
                        "SumBenchmark.floor",
                        "PlanningBenchmark.plan",
                        "ShaperBenchmark.alone",
                        "ShaperBenchmark.among64",
                        "ErrorCodesBenchmark.known",
                        "ErrorCodesBenchmark.unknown");
    }
}
