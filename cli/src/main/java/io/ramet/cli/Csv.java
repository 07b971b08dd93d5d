package io.ramet.cli;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects as comma-separated values, RFC 4180, with a heading. */
final class Csv {

    private Csv() {}

    /** {@return the heading, then a line for each object; fields without a column are left out} */
    static Flux<String> lines(Flux<ObjectNode> objects, List<String> columns) {
        return objects.map(object -> joined(columns.stream().map(column -> cell(object.path(column)))))
                .startWith(joined(columns.stream()));
    }

    private static String joined(Stream<String> cells) {
        return cells.collect(joining(","));
    }

    /** A spreadsheet would run a cell that begins like a formula. */
    private static String cell(JsonNode value) {
        String text = value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(joining(" "))
                : value.asString("");
        String harmless = text.matches("[=+@\\t\\r-].*") ? "'" + text : text;
        return harmless.matches("(?s).*[\",\\r\\n].*") ? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
    }
}
