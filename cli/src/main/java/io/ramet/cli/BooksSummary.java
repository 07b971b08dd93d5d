package io.ramet.cli;

import io.ramet.simulator.Books;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The simulator's own books of CloneInstances.
 *
 * @param bought instances
 * @param executions requests that were executed
 * @param calls requests that arrived
 * @param peak the largest number of requests that arrived within any second
 * @param throttled requests of any action that were over the limit
 * @param boughtTwice names under which more than one request was executed
 * @param refusals requests of any action by the error code of their response
 */
record BooksSummary(
        int bought,
        int executions,
        int calls,
        int peak,
        int throttled,
        List<String> boughtTwice,
        Map<String, Integer> refusals) {

    private static final String ACTION = "CloneInstances";

    static BooksSummary of(Books books) {
        return new BooksSummary(
                books.bought(),
                books.executions().size(),
                books.arrivals(ACTION).size(),
                books.peak(ACTION, Duration.ofSeconds(1)),
                books.throttled(),
                books.boughtTwice(),
                books.refusals());
    }

    String json() {
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("type", "books")
                .put("bought", bought)
                .put("executions", executions)
                .put("calls", calls)
                .put("peak", peak)
                .put("throttled", throttled);
        ArrayNode names = line.putArray("boughtTwice");
        boughtTwice.forEach(names::add);
        ObjectNode codes = line.putObject("refusals");
        new TreeMap<>(refusals).forEach(codes::put);
        return line.toString();
    }

    String text() {
        return Plural.of(bought, "instance") + " bought by " + executions + " of " + Plural.of(calls, "call")
                + ", at most " + Plural.of(peak, "call") + " in any second (20 are allowed), " + throttled
                + " throttled, "
                + (boughtTwice.isEmpty() ? "none bought twice" : "BOUGHT TWICE: " + boughtTwice);
    }
}
