package io.ramet.reactor.lookup;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.error.InvalidValueException;
import java.time.Duration;

/**
 * How long to wait until instances run.
 *
 * @param deadline the most time from the subscription on; more than zero
 * @param toleratedAbsence how long an instance may be missing from the listings, from the subscription on or since it
 *     was last listed, before it counts as failed; zero or more
 */
public record AwaitOptions(Duration deadline, Duration toleratedAbsence) {

    /**
     * Rejects times that are out of their range.
     *
     * @throws InvalidValueException if a time is out of its range
     */
    public AwaitOptions {
        unless(deadline.toMillis() > 0, "deadline", deadline, "must be more than zero");
        unless(!toleratedAbsence.isNegative(), "toleratedAbsence", toleratedAbsence, "must be zero or more");
    }

    /** {@return a deadline of 60 minutes, and 10 minutes of absence, because the API documents no visibility lag} */
    public static AwaitOptions defaults() {
        return within(Duration.ofMinutes(60));
    }

    /**
     * The defaults with another deadline.
     *
     * @param deadline the most time from the subscription on; more than zero
     * @return the options
     */
    public static AwaitOptions within(Duration deadline) {
        return new AwaitOptions(deadline, Duration.ofMinutes(10));
    }
}
