package io.ramet.spring;

import io.ramet.error.CallFailure;
import io.ramet.error.NotSent;
import io.ramet.json.LookupJson;
import io.ramet.json.ReportJson;
import io.ramet.json.RequestJson;
import io.ramet.model.Backup;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.model.PreflightReport;
import io.ramet.model.Price;
import io.ramet.model.Secret;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.time.Clock;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The JSON of the library's values: that of the command line. A message that may name the service's own files is left
 * out, because responses are read by others.
 */
final class CloneJson {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private CloneJson() {}

    /** Accepts a JSON form for each type. */
    @FunctionalInterface
    interface Forms {
        <T> void add(Class<T> type, Function<T, JsonNode> form);
    }

    static void addTo(Forms forms, Clock clock) {
        forms.add(ChunkOutcome.class, CloneJson::outcome);
        forms.add(CloneReport.class, CloneJson::report);
        forms.add(CallFailure.class, CloneJson::failure);
        forms.add(Deal.class, ReportJson::deal);
        forms.add(ClonePlan.class, ReportJson::plan);
        forms.add(PlanId.class, id -> StringNode.valueOf(id.value()));
        // Judged for a purchase that is made at once.
        forms.add(Backup.class, backup -> LookupJson.backup(backup, clock.instant()));
        forms.add(Price.class, LookupJson::price);
        forms.add(PreflightReport.class, LookupJson::preflight);
        forms.add(InstanceState.class, LookupJson::instance);
        forms.add(UndoOutcome.class, LookupJson::undo);
        forms.add(
                CloneRequest.class,
                request -> MAPPER.readTree(RequestJson.shared().writeWithoutPassword(request)));
        forms.add(Secret.class, secret -> StringNode.valueOf(secret.toString()));
    }

    /** {@return the values of a tree: maps, lists, strings, numbers} */
    static Object plain(JsonNode tree) {
        return MAPPER.treeToValue(tree, Object.class);
    }

    private static ObjectNode outcome(ChunkOutcome outcome) {
        ObjectNode object = ReportJson.outcome(outcome);
        return outcome.fold(
                cloned -> object,
                notCloned -> withoutFiles(object, notCloned.failure()),
                inDoubt -> withoutFiles(object, inDoubt.failure()));
    }

    private static ObjectNode report(CloneReport report) {
        ObjectNode object = ReportJson.report(report);
        report.firstReason().ifPresent(reason -> object.set("reason", failure(reason)));
        String whyNot = report.audit().whyNot();
        if (whyNot != null) {
            // The text after the colon is the message of the failure.
            object.put("notAudited", whyNot.replaceFirst("(?s): .*", ""));
        }
        return object;
    }

    private static ObjectNode failure(CallFailure failure) {
        return withoutFiles(ReportJson.failure(failure), failure);
    }

    private static ObjectNode withoutFiles(ObjectNode object, CallFailure failure) {
        return lacksCredentials(failure)
                ? object.put("message", "not sent: no credentials; the log of the service says why")
                : object;
    }

    /** {@return whether the message names the places of credentials} */
    private static boolean lacksCredentials(CallFailure failure) {
        return failure instanceof NotSent notSent
                && (notSent.reason() == NotSent.Reason.NO_CREDENTIALS
                        || (notSent.getCause() instanceof CallFailure cause && lacksCredentials(cause)));
    }
}
