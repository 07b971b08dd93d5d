package io.ramet.error;

/**
 * One error code of the API and what it means for a purchase.
 *
 * @param name the code as the API writes it, such as {@code ResourceUnavailable.SaleOut}
 * @param kind what it is about
 * @param effect whether instances may exist although the call answered with it
 */
public record ErrorCode(String name, Kind kind, Effect effect) {

    /** What an error code is about. */
    public enum Kind {
        /** The request itself is at fault: it would be refused again. */
        REQUEST,
        /** Credentials or permission. */
        ACCESS,
        /** Balance or payment. */
        BILLING,
        /** Quota used up, or nothing left to sell. */
        CAPACITY,
        /** The gateway held the call back; it never reached the product and may be sent again. */
        THROTTLED,
        /** The clocks differ by more than 300 s; the call may be signed again once, with the corrected time. */
        CLOCK,
        /** The stage at which it failed is not known. */
        UNKNOWN
    }

    /** {@return whether every further call of the plan would fail alike, so that sending should stop} */
    public boolean stopsRun() {
        return switch (kind) {
            case REQUEST, ACCESS, BILLING, CAPACITY, CLOCK -> true;
            case THROTTLED, UNKNOWN -> false;
        };
    }

    /**
     * {@return whether a part of the instances may have been delivered before the call failed with this code: stock, quota or
     * balance can run out in the middle. Its mark is looked up before it counts as without effect}
     */
    public boolean mayHavePartialEffect() {
        return kind == Kind.CAPACITY || kind == Kind.BILLING;
    }

    /** {@return the same code, with possible effect: no look-up has confirmed yet that nothing was delivered} */
    public ErrorCode unconfirmed() {
        return new ErrorCode(name, kind, Effect.POSSIBLE);
    }
}
