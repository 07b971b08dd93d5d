package io.ramet.cli;

import io.ramet.json.LookupJson;
import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import java.util.List;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.ObjectNode;

/** The forms of the instances that a plan has bought. */
enum InstanceForm {
    table,
    ndjson,
    csv;

    private static final List<String> COLUMNS =
            List.of("instanceId", "name", "state", "address", "zoneId", "deal", "chunk", "seconds", "detail");

    /** An IPv4 address has at most 15 characters, and its port five. The name comes last, because it may be long. */
    private static final Table TABLE =
            new Table(80, "%-12s  %-8s  %-21s  %s", List.of("INSTANCE", "STATE", "ADDRESS", "NAME"));

    /** {@return the lines of instances, each as soon as it is known, with a heading except for ndjson} */
    Flux<String> lines(Flux<InstanceState> instances, int columns) {
        return switch (this) {
            case table -> TABLE.lines(columns, instances.map(instance -> row(instance, columns)));
            case ndjson -> instances.map(LookupJson::instance).map(ObjectNode::toString);
            case csv -> Csv.lines(instances.map(LookupJson::instance), COLUMNS);
        };
    }

    /** {@return an instance as a row, and below it the reason if it does not run} */
    static String row(InstanceState instance, int columns) {
        String row = TABLE.row(
                columns,
                instance.instanceId(),
                LookupJson.state(instance.status()),
                instance.address().orElse("-"),
                instance.instanceName());
        boolean isExpected = instance.status() == Status.STARTING || instance.status() == Status.ISOLATED;
        return instance.detail().isEmpty() || isExpected
                ? row
                : row + System.lineSeparator() + Paragraph.of(columns, "  ", instance.detail());
    }
}
