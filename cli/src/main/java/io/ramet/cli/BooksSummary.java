package io.ramet.cli;

import io.ramet.simulator.Books;
import java.time.Duration;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The simulator's own books in one line.
 *
 * @param books the books
 */
record BooksSummary(Books books) {

    private static final String ACTION = "CloneInstances";

    String json() {
        ObjectNode line = JsonLines.object("books")
                .put("bought", books.bought())
                .put("executions", books.executions().size())
                .put("calls", calls())
                .put("peak", peak())
                .put("throttled", books.throttled());
        ArrayNode names = line.putArray("boughtTwice");
        books.boughtTwice().forEach(names::add);
        ObjectNode codes = line.putObject("refusals");
        new TreeMap<>(books.refusals()).forEach(codes::put);
        return line.toString();
    }

    String text() {
        return Words.count(books.bought(), "instance") + " bought by "
                + books.executions().size() + " of " + Words.count(calls(), "call") + ", at most "
                + Words.count(peak(), "call") + " in any second (20 are allowed), " + books.throttled()
                + " throttled, "
                + (books.boughtTwice().isEmpty() ? "none bought twice" : "BOUGHT TWICE: " + books.boughtTwice());
    }

    private int calls() {
        return books.arrivals(ACTION).size();
    }

    /** {@return the largest number of requests that arrived within any second} */
    private int peak() {
        return books.peak(ACTION, Duration.ofSeconds(1));
    }
}
