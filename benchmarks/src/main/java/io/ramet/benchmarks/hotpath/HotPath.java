package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.benchmarks.report.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs every benchmark of this package in one thread, and signing in two threads as well; keeps JMH's results. */
public final class HotPath {

    private static final List<String> NOT_KEPT = List.of("jvm", "jvmArgs", "vmName", "vmVersion", "jdkVersion");

    private HotPath() {}

    /**
     * Measures on the JDK of this process, and writes {@code resources/benchmarks/hot-path-jdk<version>.json}.
     *
     * @param site the folder of the documentation
     * @param options JMH's options, which override those of the benchmarks
     * @throws IOException if the file cannot be written
     * @throws RunnerException if a benchmark fails
     * @throws CommandLineOptionException if an option is not one of JMH's
     */
    public static void measure(Path site, String... options)
            throws IOException, RunnerException, CommandLineOptionException {
        List<RunResult> results = new ArrayList<>();
        results.addAll(run(options, HotPath.class.getPackageName() + ".", 1));
        results.addAll(run(options, SigningBenchmark.class.getName() + ".", 2));

        ObjectNode kept = JsonMapper.shared().createObjectNode();
        kept.set("environment", JsonMapper.shared().valueToTree(Environment.here()));
        kept.set("results", json(results));
        Path file = site.resolve(
                "resources/benchmarks/hot-path-jdk" + Runtime.version().feature() + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, kept + "\n");
    }

    private static List<RunResult> run(String[] options, String include, int threads)
            throws RunnerException, CommandLineOptionException {
        return List.copyOf(new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(options))
                        .include("^" + include.replace(".", "\\."))
                        .threads(threads)
                        .addProfiler(CpuTime.class)
                        .shouldFailOnError(true)
                        .build())
                .run());
    }

    /** JMH's JSON without the paths of this machine and without the profiler's other results. */
    private static JsonNode json(List<RunResult> results) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ResultFormatFactory.getInstance(ResultFormatType.JSON, new PrintStream(bytes, true, UTF_8))
                .writeOut(results);
        JsonNode json = JsonMapper.shared().readTree(bytes.toByteArray());
        for (JsonNode result : json) {
            ((ObjectNode) result).remove(NOT_KEPT);
            ((ObjectNode) result.get("secondaryMetrics")).retain(CpuTime.LABEL, "gc.alloc.rate.norm");
            result.findValues("scorePercentiles").forEach(percentiles -> ((ObjectNode) percentiles).removeAll());
        }
        return json;
    }
}
