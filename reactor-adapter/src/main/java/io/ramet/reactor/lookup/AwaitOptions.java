package io.ramet.reactor.lookup;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.error.InvalidValueException;
import java.time.Duration;

/**
 * How long to wait for instances to run.
 *
 * @param deadline the maximum time from the subscription on; 1 ms or more
 * @param toleratedAbsence how long an instance may be missing from the listings before it counts as failed, counted
 *     from the subscription or from its last listing; zero or more
 */
public record AwaitOptions(Duration deadline, Duration toleratedAbsence) {

    /**
     * Rejects times that are out of range.
     *
     * @throws InvalidValueException if a time is out of range
     */
    public AwaitOptions {
        unless(deadline.toMillis() > 0, "deadline", deadline, "must be more than zero");
        unless(!toleratedAbsence.isNegative(), "toleratedAbsence", toleratedAbsence, "must be zero or more");
    }

    /**
     * {@return a deadline of 60 minutes, and a tolerated absence of 10 minutes, because the API documents no visibility
     * lag}
     */
    public static AwaitOptions defaults() {
        return within(Duration.ofMinutes(60));
    }

    /**
     * Creates the default options with another deadline.
     *
     * @param deadline the maximum time from the subscription on; 1 ms or more
     * @return the options
     */
    public static AwaitOptions within(Duration deadline) {
        return new AwaitOptions(deadline, Duration.ofMinutes(10));
    }
}
