package io.ramet.error;

/** Whether a request that brought no deal may nevertheless have bought instances. */
public enum Effect {
    /** Nothing was bought: the request was refused, or never left this process. */
    NONE,
    /**
     * Instances may exist. Such a request is not sent again unless it is proven that it was never executed; its mark is
     * looked up on the server.
     */
    POSSIBLE
}
