package io.ramet.error;

/**
 * One error code of the API and what it means for a purchase.
 *
 * @param name the code as the API writes it, such as {@code ResourceUnavailable.SaleOut}
 * @param kind the subject of the error
 * @param effect whether instances may exist in spite of it
 */
public record ErrorCode(String name, Kind kind, Effect effect) {

    /** The subject of an error. */
    public enum Kind {
        /** The request itself is wrong: it would be refused again. */
        REQUEST,
        /** Credentials or permissions. */
        ACCESS,
        /** Balance or payment. */
        BILLING,
        /** The quota is used up, or nothing is left to sell. */
        CAPACITY,
        /** The gateway refused the request, which never reached the product and may be sent again. */
        THROTTLED,
        /** The clocks differ by more than 300 s; the request may be signed once more, with the corrected time. */
        CLOCK,
        /** The request failed at an unknown stage. */
        UNKNOWN
    }

    /** {@return whether every further request of the plan would fail in the same way, so that sending should stop} */
    public boolean stopsRun() {
        return switch (kind) {
            case REQUEST, ACCESS, BILLING, CAPACITY, CLOCK -> true;
            case THROTTLED, UNKNOWN -> false;
        };
    }

    /** {@return whether the credentials themselves are refused, in contrast to what they may do} */
    public boolean refusesCredentials() {
        return kind == Kind.ACCESS
                && name.startsWith("AuthFailure.")
                && !name.equals("AuthFailure.UnauthorizedOperation");
    }

    /**
     * {@return whether part of the instances may have been delivered before the request failed: stock, quota or balance
     * can run out in the middle. The chunk's mark is looked up before it counts as having no effect}
     */
    public boolean mayHavePartialEffect() {
        return kind == Kind.CAPACITY || kind == Kind.BILLING;
    }

    /**
     * {@return the same code, with possible effect, because no look-up has confirmed yet that nothing was delivered}
     */
    public ErrorCode unconfirmed() {
        return new ErrorCode(name, kind, Effect.POSSIBLE);
    }
}
