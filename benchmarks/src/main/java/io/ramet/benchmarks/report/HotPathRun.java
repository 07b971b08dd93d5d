package io.ramet.benchmarks.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JMH's results on one JDK. */
final class HotPathRun {

    private final Environment environment;
    private final JsonNode results;

    private HotPathRun(Environment environment, JsonNode results) {
        this.environment = environment;
        this.results = results;
    }

    static HotPathRun of(Path file) {
        JsonNode json = JsonMapper.shared().readTree(file);
        Environment environment = new Environment(
                json.get("date").stringValue(),
                json.get("machine").stringValue(),
                json.get("jdk").stringValue());
        return new HotPathRun(environment, json.get("results"));
    }

    Environment environment() {
        return environment;
    }

    /**
     * Nanoseconds of processor time: the median of all iterations, which a busy moment of the machine does not move.
     */
    double nanos(Case measured) {
        List<Double> iterations = new ArrayList<>();
        JsonNode forks =
                result(measured).get("secondaryMetrics").get("cpu.time.norm").get("rawData");
        for (JsonNode fork : forks) {
            fork.forEach(iteration -> iterations.add(iteration.doubleValue()));
        }
        Collections.sort(iterations);
        int half = iterations.size() / 2;
        return iterations.size() % 2 == 1
                ? iterations.get(half)
                : (iterations.get(half - 1) + iterations.get(half)) / 2;
    }

    double bytes(Case measured) {
        return result(measured)
                .get("secondaryMetrics")
                .get("gc.alloc.rate.norm")
                .get("score")
                .doubleValue();
    }

    private JsonNode result(Case measured) {
        for (JsonNode result : results) {
            JsonNode params = result.get("params");
            String param =
                    params == null ? "" : params.values().iterator().next().stringValue();
            if (result.get("benchmark").stringValue().endsWith("." + measured.benchmark())
                    && result.get("threads").intValue() == measured.threads()
                    && param.equals(measured.param())) {
                return result;
            }
        }
        throw new IllegalStateException(measured + " was not measured");
    }

    /**
     * One benchmark of JMH.
     *
     * @param benchmark class and method
     * @param param its parameter, or nothing
     * @param threads how many
     */
    record Case(String benchmark, String param, int threads) {}
}
