package io.ramet.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Text that is broken between words. A word that is longer than a line is left whole. */
final class Paragraph {

    private static final int WIDEST = 80;
    private static final String INDENT = "    ";

    private Paragraph() {}

    /**
     * Wraps text.
     *
     * @param columns the width of the terminal, of which 80 are used at most
     * @param head the beginning of the first line; the other lines are indented by its length. If it is too long, the
     *     text begins below it
     * @param text words
     * @return lines
     */
    static String of(int columns, String head, String text) {
        int width = Math.min(columns, WIDEST);
        return head.length() <= width / 2
                ? broken(width, head.length(), head, text)
                : head.stripTrailing() + System.lineSeparator() + broken(width, INDENT.length(), INDENT, text);
    }

    /**
     * Breaks lines that are longer than the terminal is wide, and indents what follows. A line that begins with a space
     * is a command to paste, or indented already, and one that begins with a brace is data: these are left whole.
     */
    static String hanging(int columns, String lines) {
        return Stream.of(lines.split("\n", -1))
                .map(line -> line.startsWith(" ") || line.startsWith("{") ? line : broken(columns, 2, "", line))
                .collect(Collectors.joining("\n"));
    }

    /** {@code head} is not broken. */
    private static String broken(int width, int indent, String head, String text) {
        StringBuilder lines = new StringBuilder();
        String rest = head + text;
        int from = head.length();
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            if (space <= from) {
                space = rest.indexOf(' ', Math.max(from + 1, width));
            }
            if (space < 0) {
                break;
            }
            lines.append(rest.substring(0, space).stripTrailing()).append(System.lineSeparator());
            rest = " ".repeat(indent) + rest.substring(space).stripLeading();
            from = indent;
        }
        return lines.append(rest).toString();
    }
}
