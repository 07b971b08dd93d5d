package io.ramet.model;

import static io.ramet.error.InvalidValueException.unless;

/**
 * The complexity that an instance requires of its future passwords.
 *
 * @param enabled whether it is enforced
 * @param minLetterCount letters, 1 to 16
 * @param minDigitCount digits, 1 to 16
 * @param minSpecialCount special characters, 1 to 16
 * @param minLength 8 to 64, and not less than the three counts together
 */
public record PasswordPolicy(
        boolean enabled, int minLetterCount, int minDigitCount, int minSpecialCount, int minLength) {

    /**
     * Checks every rule.
     *
     * @throws io.ramet.error.InvalidValueException if a count is out of its range
     */
    public PasswordPolicy {
        count("minLetterCount", minLetterCount);
        count("minDigitCount", minDigitCount);
        count("minSpecialCount", minSpecialCount);
        int least = Math.max(8, minLetterCount + minDigitCount + minSpecialCount);
        unless(
                minLength >= least && minLength <= 64,
                "passwordPolicy.minLength",
                minLength,
                "must be " + least + " to 64: at least 8, and no less than the three counts together");
    }

    /** {@return the API's own defaults, enforced: one of each, 8 characters} */
    public static PasswordPolicy defaults() {
        return new PasswordPolicy(true, 1, 1, 1, 8);
    }

    private static void count(String name, int value) {
        unless(value >= 1 && value <= 16, "passwordPolicy." + name, value, "must be 1 to 16");
    }
}
