package io.ramet.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/**
 * A table for people. If the terminal is too narrow for it, each row is its first cell and a paragraph of the others.
 *
 * @param width the columns that a row needs
 * @param row the format of a row
 * @param headings the headings
 */
record Table(int width, String row, List<String> headings) {

    /** {@return the rows, below a heading if there are any} */
    Flux<String> lines(int columns, Flux<String> rows) {
        return columns < width
                ? rows
                : rows.switchOnFirst(
                        (first, all) -> first.hasValue() ? all.startWith(formatted(headings.toArray())) : all);
    }

    /** {@return a row} */
    String row(int columns, Object... cells) {
        if (columns >= width) {
            return formatted(cells);
        }
        String others = IntStream.range(1, cells.length)
                .filter(i -> !cells[i].equals(""))
                .mapToObj(i -> headings.get(i).toLowerCase(Locale.ROOT) + " " + cells[i])
                .collect(Collectors.joining(", "));
        return cells[0] + System.lineSeparator() + Paragraph.of(columns, "  ", others);
    }

    private String formatted(Object... cells) {
        return String.format(Locale.ROOT, row, cells).stripTrailing();
    }
}
