package io.ramet.plan;

import io.ramet.error.InvalidValueException;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The idempotency key of a purchase: one plan id is bought once, however often it is subscribed to.
 *
 * @param value 1 to 64 letters, digits, dots, hyphens and underscores
 */
public record PlanId(String value) {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * Rejects a value that cannot be a key.
     *
     * @throws InvalidValueException if it is empty, too long, or holds other characters
     */
    public PlanId {
        InvalidValueException.unless(
                ALLOWED.matcher(value).matches(),
                "planId",
                "'" + value + "'",
                "must be 1 to 64 letters, digits, dots, hyphens and underscores");
    }

    /**
     * A plan id that is the caller's own key, such as an order number.
     *
     * @param value 1 to 64 letters, digits, dots, hyphens and underscores
     * @return the plan id
     */
    public static PlanId of(String value) {
        return new PlanId(value);
    }

    /**
     * Draws a plan id of 60 bits.
     *
     * @param random the source of the bits; a seeded generator repeats its ids
     * @return the plan id, 12 characters
     */
    public static PlanId random(RandomGenerator random) {
        return new PlanId(Base32.encode(random.nextLong(), 12));
    }

    /** {@return the key itself} */
    @Override
    public String toString() {
        return value;
    }
}
