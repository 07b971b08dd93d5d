package io.ramet.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Writes text that cannot draw: control characters are replaced, whether they came from a server, a database or a file. What
 * the program itself draws with goes through {@link #control}.
 */
final class TerminalWriter extends PrintWriter {

    /** C0 but tab and line end, delete, C1, and what turns the direction of writing. */
    private static final Pattern CONTROLS = Pattern.compile(
            "\\r(?!\\n)|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    TerminalWriter(Writer out) {
        super(out, true);
    }

    /** Learns what a PrintStream keeps to itself: that it could not write. */
    TerminalWriter(OutputStream out) {
        super(out, true, StandardCharsets.UTF_8);
    }

    /** Writes what moves the cursor or erases. */
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
