package io.ramet.model;

/**
 * The progress of a deal, as the API lists it.
 *
 * @param deal the name of the deal
 * @param status the API's number: 1 unpaid, 2 paid, 3 being delivered, 4 delivered, 5 to 11 failed, 12 being paid; 0 if
 *     none is listed
 * @param description the API's words for it; empty if there are none
 */
public record DealState(String deal, int status, String description) {

    private static final int DELIVERED = 4;
    private static final int FIRST_FAILED = 5;
    private static final int LAST_FAILED = 11;

    /** {@return whether all its instances were delivered} */
    public boolean isDelivered() {
        return status == DELIVERED;
    }

    /** {@return whether it has failed for good, for example because it was refunded or has expired} */
    public boolean hasFailed() {
        return status >= FIRST_FAILED && status <= LAST_FAILED;
    }
}
