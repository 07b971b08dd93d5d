package io.ramet.cli;

import io.ramet.json.ReportJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One JSON object per line, with its kind in {@code type}; absent values are left out. */
final class JsonLines implements OutcomeLines {

    @Override
    public Stream<String> plan(ClonePlan plan) {
        Stream<String> chunks = plan.chunks()
                .map(chunk -> object("chunk")
                        .put("chunk", chunk.index())
                        .put("goodsNum", chunk.goodsNum())
                        .put("instanceName", chunk.instanceName())
                        .toString());
        return Stream.concat(chunks, Stream.of(ReportJson.plan(plan).toString()));
    }

    @Override
    public List<String> outcome(ChunkOutcome outcome) {
        return List.of(ReportJson.outcome(outcome).toString());
    }

    @Override
    public List<String> rest() {
        return List.of();
    }

    @Override
    public String report(CloneReport report, Duration took) {
        return ReportJson.report(report)
                .put("seconds", took.toMillis() / 1000.0)
                .toString();
    }

    static ObjectNode object(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    static void put(ObjectNode line, String name, @Nullable String value) {
        if (value != null) {
            line.put(name, value);
        }
    }
}
