package io.ramet.json;

import java.nio.charset.StandardCharsets;

/**
 * Makes text of the server harmless for terminals and logs. It could hold escape sequences that move the cursor or
 * write to the clipboard, line feeds that forge a line of a report, and characters that reverse the direction of the
 * text after them.
 */
final class ServerText {

    private static final char REPLACEMENT = '\uFFFD';

    private ServerText() {}

    /**
     * {@return whether no text in a JSON document can need cleaning} A text needs cleaning only if it holds an escape,
     * a DEL or a byte beyond ASCII, because Jackson rejects a control character that is not escaped. A document in
     * UTF-16 or UTF-32, which Jackson reads as well, holds a NUL. One look at the whole document takes a tenth of the
     * time of a look at each text.
     */
    static boolean isPlain(byte[] json) {
        String ascii = new String(json, StandardCharsets.US_ASCII);
        return ascii.indexOf('\\') < 0
                && ascii.indexOf('\u007f') < 0
                && ascii.indexOf('\0') < 0
                && ascii.indexOf(REPLACEMENT) < 0;
    }

    /**
     * {@return the text with U+FFFD in place of each control, format and separator character and each lone surrogate}
     */
    static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return cleanFrom(text, i);
            }
        }
        return text;
    }

    private static String cleanFrom(String text, int start) {
        StringBuilder clean = new StringBuilder(text.length()).append(text, 0, start);
        text.substring(start).codePoints().forEach(c -> clean.appendCodePoint(isHarmless(c) ? c : REPLACEMENT));
        return clean.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
