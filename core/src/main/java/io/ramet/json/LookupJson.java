package io.ramet.json;

import io.ramet.model.Backup;
import io.ramet.model.BillingMode;
import io.ramet.model.InstanceState;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.Price;
import io.ramet.model.UndoOutcome;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Look-ups and undo as JSON for other programs: the objects that the command line prints and that a web service
 * returns. Each names its kind in {@code type}; absent values are left out. Enum constants are lower-case words, joined
 * by hyphens.
 */
public final class LookupJson {

    private LookupJson() {}

    /**
     * Writes a backup.
     *
     * @param backup the backup
     * @param until the end of the purchase that the backup is judged for
     * @return an object of type {@code backup}; {@code clonable} is {@code yes}, {@code no} or {@code perhaps}
     */
    public static ObjectNode backup(Backup backup, Instant until) {
        Backup.Verdict verdict = backup.verdict(until);
        ObjectNode object = object("backup").put("backupId", backup.backupId()).put("instanceId", backup.instanceId());
        add(object, "started", text(backup.startedAt()));
        add(object, "expires", text(backup.expiresAt()));
        if (backup.bytes() != null) {
            object.put("bytes", backup.bytes());
        }
        object.put("kind", word(backup.kind()))
                .put("status", backup.status())
                .put("locked", backup.isLocked())
                .put("clonable", word(verdict.clonable()));
        return add(object, "reason", verdict.reason());
    }

    /**
     * Writes a finding of a preflight.
     *
     * @param finding the finding
     * @return an object of type {@code finding}; {@code level} is {@code ok}, {@code warning}, {@code blocker} or
     *     {@code unknown}
     */
    public static ObjectNode finding(Finding finding) {
        ObjectNode object = object("finding")
                .put("check", word(finding.check()))
                .put("level", word(finding.level()))
                .put("text", finding.text());
        return add(object, "permission", finding.permission());
    }

    /**
     * Writes a preflight.
     *
     * @param report the report
     * @return an object of type {@code preflight} with its {@code findings}
     */
    public static ObjectNode preflight(PreflightReport report) {
        ObjectNode object = object("preflight").put("blocked", report.hasBlocker());
        ArrayNode findings = object.putArray("findings");
        report.findings().forEach(finding -> findings.add(finding(finding)));
        return object;
    }

    /**
     * Writes a price.
     *
     * @param price the price
     * @return an object of type {@code price}: amounts in whole units of the currency, per {@code hour} or
     *     {@code period}; or {@code unknown} with the reason
     */
    public static ObjectNode price(Price price) {
        ObjectNode object = object("price");
        return price.fold(known -> known(object, known), unknown -> object.put("unknown", unknown.reason()));
    }

    private static ObjectNode known(ObjectNode object, Price.Known known) {
        object.put("instances", known.instances())
                .put("each", known.each())
                .put("total", known.total())
                .put("currency", known.currency());
        if (known.billingMode() == BillingMode.PAY_AS_YOU_GO) {
            object.put("per", "hour");
            known.firstDay().ifPresent(day -> object.put("firstDay", day));
        } else {
            object.put("per", "period").put("months", known.period().months());
        }
        ArrayNode notes = object.putArray("notes");
        known.notes().forEach(notes::add);
        return object;
    }

    /**
     * Writes an instance of a plan.
     *
     * @param instance the instance
     * @return an object of type {@code instance}; {@code state} is {@code starting}, {@code running}, {@code isolated},
     *     {@code absent}, {@code failed} or {@code timeout}
     */
    public static ObjectNode instance(InstanceState instance) {
        ObjectNode object = object("instance")
                .put("instanceId", instance.instanceId())
                .put("name", instance.instanceName())
                .put("state", state(instance.status()));
        add(object, "address", instance.address().orElse(null));
        if (instance.zoneId() != null) {
            object.put("zoneId", instance.zoneId());
        }
        add(object, "deal", instance.deal()).put("chunk", instance.chunk());
        if (instance.age() != null) {
            object.put("seconds", instance.age().toSeconds());
        }
        return add(object, "detail", instance.detail());
    }

    /**
     * Writes the word for a status.
     *
     * @param status the status of an instance
     * @return the word, such as {@code running}
     */
    public static String state(InstanceState.Status status) {
        return status == InstanceState.Status.TIMED_OUT ? "timeout" : word(status);
    }

    /**
     * Writes the result for an instance of a plan that is undone or restored.
     *
     * @param outcome the outcome
     * @return an object of type {@code undo}; {@code result} is {@code isolated}, {@code already-isolated},
     *     {@code restored} and so on
     */
    public static ObjectNode undo(UndoOutcome outcome) {
        ObjectNode object = object("undo")
                .put("instanceId", outcome.instanceId())
                .put("name", outcome.instanceName())
                .put("chunk", outcome.chunk())
                .put("result", word(outcome.result()));
        return add(object, "detail", outcome.detail());
    }

    private static ObjectNode object(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static ObjectNode add(ObjectNode object, String name, @Nullable String value) {
        return value == null || value.isEmpty() ? object : object.put(name, value);
    }

    private static @Nullable String text(@Nullable LocalDateTime time) {
        return time == null ? null : DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
