package io.ramet.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/**
 * Replaces control characters, whether they came from a server, a database or a file, so that they cannot change what a
 * terminal shows. The program's own control sequences go through {@link #control}.
 */
final class TerminalWriter extends PrintWriter {

    /** C0 without tab and line end, delete, C1, and the characters that change the direction of writing. */
    private static final Pattern CONTROLS = Pattern.compile(
            "\\r(?!\\n)|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    private final IntSupplier measured;
    private int columns;

    /** {@code columns} measures the width, once it is needed. */
    TerminalWriter(Writer out, IntSupplier columns) {
        super(out, true);
        this.measured = columns;
    }

    /** Reports, unlike one that is made from a PrintStream, that a line could not be written. */
    TerminalWriter(OutputStream out, IntSupplier columns) {
        super(out, true, StandardCharsets.UTF_8);
        this.measured = columns;
    }

    /** {@return the width of the terminal; more than any line needs where there is none} */
    int columns() {
        if (columns == 0) {
            columns = measured.getAsInt();
        }
        return columns;
    }

    /** Prints lines for people, which are broken where they are longer than the terminal is wide. */
    void say(String lines) {
        println(Paragraph.hanging(columns(), lines));
    }

    /** The same in a colour, given by its control sequence; empty for none. */
    void say(String lines, String colour) {
        if (colour.isEmpty()) {
            say(lines);
        } else {
            control(colour);
            print(Paragraph.hanging(columns(), lines));
            control("\u001b[0m");
            println();
        }
    }

    /** Writes a control sequence. */
    void control(String sequence) {
        super.write(sequence, 0, sequence.length());
    }

    @Override
    public void write(int character) {
        write(String.valueOf((char) character));
    }

    @Override
    public void write(char[] text, int from, int length) {
        write(new String(text, from, length));
    }

    @Override
    public void write(String text, int from, int length) {
        String printable = CONTROLS.matcher(text.substring(from, from + length)).replaceAll("\ufffd");
        super.write(printable, 0, printable.length());
    }
}
