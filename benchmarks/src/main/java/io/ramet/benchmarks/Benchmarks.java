package io.ramet.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs the benchmarks with JMH's own options, and with its GC profiler unless a profiler is asked for. */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * Runs JMH.
     *
     * @param args JMH's own options; {@code -h} lists them
     * @throws IOException if JMH cannot write its results
     */
    public static void main(String... args) throws IOException {
        List<String> options = new ArrayList<>(List.of(args));
        if (!options.contains("-prof")) {
            options.addAll(List.of("-prof", "gc"));
        }
        org.openjdk.jmh.Main.main(options.toArray(String[]::new));
    }
}
