package io.ramet.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Replaces control characters, whether they came from a server, a database or a file, so that they cannot change what a
 * terminal shows. The program's own control sequences go through {@link #control}.
 */
final class TerminalWriter extends PrintWriter {

    /** C0 without tab and line end, delete, C1, and the characters that change the direction of writing. */
    private static final Pattern CONTROLS = Pattern.compile(
            "\\r(?!\\n)|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    TerminalWriter(Writer out) {
        super(out, true);
    }

    /** Reports, unlike one that is made from a PrintStream, that a line could not be written. */
    TerminalWriter(OutputStream out) {
        super(out, true, StandardCharsets.UTF_8);
    }

    /** Prints a line in a colour, given by its control sequence; empty for none. */
    void println(String line, String colour) {
        if (colour.isEmpty()) {
            println(line);
        } else {
            control(colour);
            print(line);
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
