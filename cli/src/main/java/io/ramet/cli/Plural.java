package io.ramet.cli;

/** Numbers with their nouns. */
final class Plural {

    private Plural() {}

    /** {@return such as {@code 1 backup} and {@code 2 backups}} */
    static String of(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
