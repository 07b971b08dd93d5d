package io.ramet.cli;

import java.util.Locale;

/** Values as people read them. */
final class Words {

    private Words() {}

    /** {@return such as {@code 1 backup} and {@code 2 backups}} */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@return the name of a constant in lower case, with spaces for underscores} */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
