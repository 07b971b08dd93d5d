package io.ramet.cli;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
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
        String whole = object("plan")
                .put("planId", plan.id().value())
                .put("requested", plan.request().goodsNum())
                .put("calls", plan.size())
                .put("leastSeconds", plan.minimumDuration().toMillis() / 1000.0)
                .toString();
        return Stream.concat(chunks, Stream.of(whole));
    }

    @Override
    public List<String> outcome(ChunkOutcome outcome) {
        return List.of(object(outcome).toString());
    }

    static ObjectNode object(ChunkOutcome outcome) {
        return outcome.fold(
                cloned -> deal(line("cloned", outcome), cloned.deal()),
                notCloned -> failure(line("not-cloned", outcome), notCloned.failure(), ""),
                inDoubt -> failure(
                        line("in-doubt", outcome),
                        inDoubt.failure(),
                        "; look up InstanceName " + outcome.chunk().instanceName()));
    }

    /** {@return the object of a chunk that was sent and has no response yet} */
    static ObjectNode sending(CloneChunk chunk) {
        return object("outcome")
                .put("outcome", "sending")
                .put("chunk", chunk.index())
                .put("goodsNum", chunk.goodsNum());
    }

    @Override
    public List<String> rest() {
        return List.of();
    }

    @Override
    public String report(CloneReport report, Duration took) {
        ObjectNode line = object("report").put("planId", report.planId().value());
        counts(line, report).put("audited", report.audit().done());
        put(line, "notAudited", report.audit().whyNot());
        if (!report.audit().surplusIds().isEmpty()) {
            ArrayNode ids = line.putArray("surplusIds");
            report.audit().surplusIds().forEach(ids::add);
        }
        return line.put("seconds", took.toMillis() / 1000.0).toString();
    }

    /** Adds counts whose sum, less the surplus, is what was requested. */
    static ObjectNode counts(ObjectNode line, CloneReport report) {
        line.put("requested", report.requested())
                .put("cloned", report.cloned())
                .put("notCloned", report.notCloned())
                .put("inDoubt", report.inDoubt());
        put(line, "missing", report.missing());
        put(line, "surplus", report.surplus());
        put(line, "sending", report.sending());
        put(line, "pending", report.pending());
        return line.put("deals", report.deals());
    }

    private static void put(ObjectNode line, String name, int count) {
        if (count > 0) {
            line.put(name, count);
        }
    }

    static ObjectNode object(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static ObjectNode line(String what, ChunkOutcome outcome) {
        return object("outcome")
                .put("outcome", what)
                .put("chunk", outcome.chunk().index())
                .put("goodsNum", outcome.chunk().goodsNum());
    }

    private static ObjectNode deal(ObjectNode line, Deal deal) {
        put(line, "dealId", deal.dealId());
        put(line, "dealName", deal.dealName());
        ArrayNode ids = line.putArray("instanceIds");
        deal.instanceIds().forEach(ids::add);
        put(line, "requestId", deal.requestId());
        return line;
    }

    private static ObjectNode failure(ObjectNode line, CallFailure failure, String advice) {
        put(line, "requestId", failure.requestId().orElse(null));
        if (failure instanceof ApiRefusal refusal) {
            return line.put("code", refusal.code().name()).put("message", refusal.text() + advice);
        }
        return line.put("message", failure.getMessage() + advice);
    }

    static void put(ObjectNode line, String name, @Nullable String value) {
        if (value != null) {
            line.put(name, value);
        }
    }
}
