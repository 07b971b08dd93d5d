package io.ramet.simulator;

import java.time.Duration;

/**
 * The end of an instance's creation, and its time. Until then the status of the instance is 0 for the first half of the
 * time and 1 for the second.
 *
 * @param after the time from the purchase, by the server's clock; zero or more
 * @param end how the creation ends
 */
public record Fate(Duration after, End end) {

    /** How the creation of an instance ends. */
    public enum End {
        /** Status 2; its deal is delivered (4) when all its instances are. */
        RUNS,
        /** Status 1 forever; its task and the delivery of its deal (5) fail. */
        FAILS,
        /** Status 1 forever; its task and its deal (3) never end. */
        NEVER,
        /** Status -2: the service takes it back, for example because the account is in arrears. */
        ISOLATED
    }

    /** Rejects a negative time. */
    public Fate {
        Preconditions.notNegative("after", after);
    }

    /**
     * {@return the fate of an instance that runs}
     *
     * @param after the time from the purchase, zero or more
     */
    public static Fate runs(Duration after) {
        return new Fate(after, End.RUNS);
    }

    /**
     * {@return the fate of an instance that cannot be delivered}
     *
     * @param after the time from the purchase, zero or more
     */
    public static Fate fails(Duration after) {
        return new Fate(after, End.FAILS);
    }

    /** {@return the fate of an instance whose creation never ends} */
    public static Fate never() {
        return new Fate(Duration.ZERO, End.NEVER);
    }

    /**
     * {@return the fate of an instance that is isolated without a request}
     *
     * @param after the time from the purchase, zero or more
     */
    public static Fate isolated(Duration after) {
        return new Fate(after, End.ISOLATED);
    }
}
