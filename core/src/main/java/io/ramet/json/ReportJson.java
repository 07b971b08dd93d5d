package io.ramet.json;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plans, outcomes, deals and reports as JSON for other programs: the objects that the command line prints and that a
 * web service returns. Each names its kind in {@code type}; absent values are left out. A failure is its code, its
 * message and its RequestId, never an exception. Nothing reads this form: {@link OutcomeJson} is the one that is
 * stored.
 */
public final class ReportJson {

    private ReportJson() {}

    /**
     * Writes an outcome.
     *
     * @param outcome the outcome of a chunk
     * @return an object of type {@code outcome}, which is {@code cloned}, {@code not-cloned} or {@code in-doubt}
     */
    public static ObjectNode outcome(ChunkOutcome outcome) {
        CloneChunk chunk = outcome.chunk();
        return outcome.fold(
                cloned -> addDeal(chunk("cloned", chunk), cloned.deal()),
                notCloned -> addFailure(chunk("not-cloned", chunk), notCloned.failure(), ""),
                inDoubt -> addFailure(
                        chunk("in-doubt", chunk), inDoubt.failure(), "; look up InstanceName " + chunk.instanceName()));
    }

    /**
     * Writes a chunk without an outcome.
     *
     * @param chunk a chunk that was sent and has no response yet
     * @return an object of type {@code outcome}, which is {@code sending}
     */
    public static ObjectNode sending(CloneChunk chunk) {
        return chunk("sending", chunk);
    }

    /**
     * Writes a deal.
     *
     * @param deal the deal
     * @return an object of type {@code deal}
     */
    public static ObjectNode deal(Deal deal) {
        return addDeal(object("deal"), deal);
    }

    /**
     * Writes a failure.
     *
     * @param failure why a request brought no deal
     * @return an object of type {@code failure}
     */
    public static ObjectNode failure(CallFailure failure) {
        return addFailure(object("failure"), failure, "");
    }

    /**
     * Writes a plan.
     *
     * @param plan a plan that was not run yet
     * @return an object of type {@code plan}
     */
    public static ObjectNode plan(ClonePlan plan) {
        return object("plan")
                .put("planId", plan.id().value())
                .put("requested", plan.request().goodsNum())
                .put("calls", plan.size())
                .put("leastSeconds", plan.minimumDuration().toMillis() / 1000.0);
    }

    /**
     * Writes a report.
     *
     * @param report the report of a plan
     * @return an object of type {@code report}
     */
    public static ObjectNode report(CloneReport report) {
        ObjectNode object = object("report").put("planId", report.planId().value());
        addCounts(object, report).put("audited", report.audit().done());
        add(object, "notAudited", report.audit().whyNot());
        if (!report.audit().surplusIds().isEmpty()) {
            ArrayNode ids = object.putArray("surplusIds");
            report.audit().surplusIds().forEach(ids::add);
        }
        report.firstReason().ifPresent(reason -> object.set("reason", failure(reason)));
        if (!report.doubts().isEmpty()) {
            ArrayNode names = object.putArray("doubts");
            report.doubts().forEach(doubt -> names.add(doubt.chunk().instanceName()));
        }
        return object;
    }

    /**
     * Adds the counts of a report.
     *
     * @param object the object to add to
     * @param report the report of a plan
     * @return the same object
     */
    public static ObjectNode addCounts(ObjectNode object, CloneReport report) {
        object.put("requested", report.requested())
                .put("cloned", report.cloned())
                .put("notCloned", report.notCloned())
                .put("inDoubt", report.inDoubt());
        add(object, "missing", report.missing());
        add(object, "surplus", report.surplus());
        add(object, "sending", report.sending());
        add(object, "pending", report.pending());
        return object.put("deals", report.deals());
    }

    private static ObjectNode object(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static ObjectNode chunk(String outcome, CloneChunk chunk) {
        return object("outcome")
                .put("outcome", outcome)
                .put("chunk", chunk.index())
                .put("goodsNum", chunk.goodsNum());
    }

    private static ObjectNode addDeal(ObjectNode object, Deal deal) {
        add(object, "dealId", deal.dealId());
        add(object, "dealName", deal.dealName());
        ArrayNode ids = object.putArray("instanceIds");
        deal.instanceIds().forEach(ids::add);
        return add(object, "requestId", deal.requestId());
    }

    private static ObjectNode addFailure(ObjectNode object, CallFailure failure, String advice) {
        add(object, "requestId", failure.requestId().orElse(null));
        if (failure instanceof ApiRefusal refusal) {
            return object.put("code", refusal.code().name()).put("message", refusal.text() + advice);
        }
        return object.put("message", failure.getMessage() + advice);
    }

    private static ObjectNode add(ObjectNode object, String name, @Nullable String value) {
        return value == null ? object : object.put(name, value);
    }

    private static void add(ObjectNode object, String name, int count) {
        if (count > 0) {
            object.put(name, count);
        }
    }
}
