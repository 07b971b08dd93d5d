package io.ramet.benchmarks.report;

import java.nio.file.Path;
import org.openjdk.jmh.util.ListStatistics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JMH's results on one JDK. */
record HotPathRun(Environment environment, JsonNode results) {

    static HotPathRun of(Path file) {
        JsonNode json = JsonMapper.shared().readTree(file);
        return new HotPathRun(
                JsonMapper.shared().treeToValue(json.get("environment"), Environment.class), json.get("results"));
    }

    /** Nanoseconds of processor time: the median of all iterations, so that busy moments have no effect. */
    double nanos(Case measured) {
        return new ListStatistics(result(measured)
                        .at("/secondaryMetrics/cpu.time.norm/rawData")
                        .valueStream()
                        .flatMap(JsonNode::valueStream)
                        .mapToDouble(JsonNode::doubleValue)
                        .toArray())
                .getPercentile(50);
    }

    double bytes(Case measured) {
        return result(measured).at("/secondaryMetrics/gc.alloc.rate.norm/score").doubleValue();
    }

    private JsonNode result(Case measured) {
        return results.valueStream()
                .filter(measured::is)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the results do not contain " + measured));
    }

    /**
     * One benchmark of JMH.
     *
     * @param benchmark class and method
     * @param param its parameter; empty if it has none
     * @param threads the number of its threads
     */
    record Case(String benchmark, String param, int threads) {

        private boolean is(JsonNode result) {
            return result.get("benchmark").stringValue().endsWith("." + benchmark)
                    && result.get("threads").intValue() == threads
                    && result.path("params")
                            .valueStream()
                            .findFirst()
                            .map(JsonNode::stringValue)
                            .orElse("")
                            .equals(param);
        }
    }
}
