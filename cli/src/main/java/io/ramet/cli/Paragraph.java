package io.ramet.cli;

/** Text for a terminal of 80 columns. */
final class Paragraph {

    private static final int WIDTH = 80;

    private Paragraph() {}

    /**
     * Wraps text.
     *
     * @param head the beginning of the first line; the other lines are indented by its length
     * @param text words
     * @return lines of at most 80 characters, unless a word is longer
     */
    static String of(String head, String text) {
        StringBuilder lines = new StringBuilder(head);
        int column = head.length();
        for (String word : text.split(" ", -1)) {
            if (column > head.length() && column + 1 + word.length() > WIDTH) {
                lines.append(System.lineSeparator()).append(" ".repeat(head.length()));
                column = head.length();
            } else if (column > head.length()) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.toString();
    }
}
