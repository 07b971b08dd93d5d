package io.ramet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs and its contenders agree. Says nothing about speed. */
class BenchmarksTest {

    static Stream<Class<?>> benchmarks() {
        return Stream.of(SigningBenchmark.class);
    }

    @ParameterizedTest
    @MethodSource("benchmarks")
    void runsAndItsContendersAgree(Class<?> benchmark) throws RunnerException {
        List<String> methods = Arrays.stream(benchmark.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(Method::getName)
                .toList();

        var results = new Runner(new OptionsBuilder()
                        .include("^" + benchmark.getName() + "\\.")
                        .forks(0)
                        .threads(1)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(50))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        assertThat(results)
                .extracting(result -> result.getParams().getBenchmark())
                .containsExactlyInAnyOrderElementsOf(methods.stream()
                        .map(method -> benchmark.getName() + "." + method)
                        .toList());
    }
}
