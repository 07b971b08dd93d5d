package io.ramet.benchmarks;

import io.ramet.benchmarks.hotpath.HotPath;
import io.ramet.benchmarks.report.HotPathPage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The entry point. {@code measure} runs the benchmarks of the hot path and keeps their results; {@code report} makes
 * tables and pictures from all results. Any other arguments are passed to JMH, with its GC profiler unless they name
 * another one.
 */
public final class Benchmarks {

    private static final Path SITE = Path.of("src", "site");

    private Benchmarks() {}

    /**
     * Measures, reports, or runs JMH.
     *
     * @param args {@code measure} with JMH's options, {@code report}, or JMH's options; {@code -h} lists them
     * @throws Exception if JMH fails or a file cannot be read or written
     */
    public static void main(String... args) throws Exception {
        String first = args.length == 0 ? "" : args[0];
        switch (first) {
            case "measure" -> HotPath.measure(SITE, withProfiler(Arrays.copyOfRange(args, 1, args.length)));
            case "report" -> HotPathPage.write(SITE);
            default -> org.openjdk.jmh.Main.main(withProfiler(args));
        }
    }

    private static String[] withProfiler(String... args) {
        List<String> options = new ArrayList<>(List.of(args));
        if (!options.contains("-prof")) {
            options.addAll(List.of("-prof", "gc"));
        }
        return options.toArray(String[]::new);
    }
}
