package io.ramet.plan;

/** Crockford's base 32 in lower case: without letters and digits that people confuse. */
final class Base32 {

    private static final char[] DIGITS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

    private Base32() {}

    static String encode(long bits, int length) {
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = DIGITS[(int) (bits >>> (5 * i)) & 31];
        }
        return new String(text);
    }
}
