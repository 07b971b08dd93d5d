package io.ramet.model;

import io.ramet.error.InvalidValueException;

/**
 * How long a monthly instance is paid for.
 *
 * @param months 1 to 12, 24, 36, 48 or 60
 */
public record Period(int months) {

    /** The period sent with pay-as-you-go: the API requires the field and does not use it. */
    public static final Period ONE_MONTH = new Period(1);

    /**
     * Rejects a period that is not sold.
     *
     * @throws InvalidValueException if the number of months is not sold
     */
    public Period {
        boolean sold = (months >= 1 && months <= 12) || (months % 12 == 0 && months >= 24 && months <= 60);
        InvalidValueException.unless(sold, "period", months, "must be 1 to 12, 24, 36, 48 or 60 months");
    }
}
