package io.ramet.cli;

import io.ramet.json.ReportJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.ObjectNode;

/** The forms of {@code report --output}. */
enum ReportForm {
    table,
    ndjson,
    json,
    csv;

    private static final Table TABLE = new Table(
            98,
            "%-16s  %-16s  %-14s  %-12s  %-10s  %-11s  %s",
            List.of("PLAN", "DATE", "REGION", "SOURCE", "NAME", "STATE", "CLONED"));
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private static final List<String> PLAN_COLUMNS = List.of(
            "planId",
            "date",
            "region",
            "source",
            "name",
            "state",
            "requested",
            "cloned",
            "missing",
            "surplus",
            "notCloned",
            "inDoubt",
            "sending",
            "pending",
            "deals");

    private static final List<String> CHUNK_COLUMNS = List.of(
            "chunk", "outcome", "goodsNum", "dealId", "dealName", "requestId", "instanceIds", "code", "message");

    /**
     * A chunk of a plan in the journal.
     *
     * @param chunk the chunk
     * @param outcome its outcome as far as it is known; null if it was sent and has no response yet
     */
    record Row(CloneChunk chunk, @Nullable ChunkOutcome outcome) {

        Row(ChunkOutcome outcome) {
            this(outcome.chunk(), outcome);
        }
    }

    /** {@return the lines of all plans} */
    Flux<String> plans(Flux<PlanReport> plans, ZoneId zone, int columns) {
        Flux<ObjectNode> objects = plans.map(ReportForm::object);
        return switch (this) {
            case table -> TABLE.lines(columns, plans.map(plan -> row(plan, zone, columns)));
            case ndjson -> objects.map(ObjectNode::toString);
            case json -> array(objects);
            case csv -> Csv.lines(objects, PLAN_COLUMNS);
        };
    }

    /** {@return the lines of one plan, chunk by chunk} */
    Flux<String> plan(PlanReport plan, Flux<Row> chunks, ZoneId zone, int columns) {
        Flux<ObjectNode> outcomes = chunks.map(ReportForm::object);
        Flux<ObjectNode> objects = outcomes.concatWith(Flux.defer(() -> Flux.just(object(plan))));
        return switch (this) {
            case table -> text(plan, chunks, zone).map(line -> Paragraph.hanging(columns, line));
            case ndjson -> objects.map(ObjectNode::toString);
            case json -> array(objects);
            case csv -> Csv.lines(outcomes, CHUNK_COLUMNS);
        };
    }

    private static Flux<String> text(PlanReport plan, Flux<Row> chunks, ZoneId zone) {
        TextLines lines = new TextLines();
        String head = "Plan " + plan.plan().id() + ": " + Words.of(plan.state()) + ", first sent " + date(plan, zone)
                + ", region " + plan.plan().region() + ", source " + plan.plan().source()
                + (plan.name().isEmpty() ? "" : ", name " + plan.name());
        return chunks.concatMapIterable(
                        row -> row.outcome() == null ? lines.sending(row.chunk()) : lines.outcome(row.outcome()))
                .concatWith(Flux.defer(() -> Flux.fromIterable(lines.rest())))
                .startWith(head)
                .concatWithValues(TextLines.report(plan.report()) + TextLines.details(plan.report()));
    }

    private static String row(PlanReport plan, ZoneId zone, int columns) {
        return TABLE.row(
                columns,
                plan.plan().id(),
                date(plan, zone),
                plan.plan().region(),
                plan.plan().source(),
                plan.name(),
                Words.of(plan.state()),
                plan.report().cloned() + "/" + plan.report().requested());
    }

    private static String date(PlanReport plan, ZoneId zone) {
        Instant sent = plan.plan().firstSent();
        return sent == null ? "never" : MINUTES.format(sent.atZone(zone));
    }

    private static ObjectNode object(PlanReport plan) {
        ObjectNode line =
                JsonLines.object("report").put("planId", plan.plan().id().value());
        Instant sent = plan.plan().firstSent();
        JsonLines.put(
                line,
                "date",
                sent == null ? null : sent.truncatedTo(ChronoUnit.SECONDS).toString());
        line.put("region", plan.plan().region()).put("source", plan.plan().source());
        JsonLines.put(line, "name", plan.name().isEmpty() ? null : plan.name());
        return ReportJson.addCounts(line.put("state", Words.of(plan.state())), plan.report());
    }

    private static ObjectNode object(Row row) {
        return row.outcome() == null ? ReportJson.sending(row.chunk()) : ReportJson.outcome(row.outcome());
    }

    private static Flux<String> array(Flux<ObjectNode> objects) {
        return objects.index()
                .map(numbered -> (numbered.getT1() == 0 ? " " : ",") + numbered.getT2())
                .startWith("[")
                .concatWithValues("]");
    }
}
