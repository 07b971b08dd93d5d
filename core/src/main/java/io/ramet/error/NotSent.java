package io.ramet.error;

import org.jspecify.annotations.Nullable;

/** No byte of the call was handed to a connection: nothing was bought, and it may be sent later. */
public final class NotSent extends CallFailure {

    private static final long serialVersionUID = 1L;

    /** Why a call was not sent. */
    public enum Reason {
        /** No connection could be had: DNS, connect, TLS. */
        NO_CONNECTION,
        /** The connection died while the call waited for its turn, before anything was written. */
        CONNECTION_LOST,
        /** The credentials provider failed. */
        NO_CREDENTIALS,
        /** Too much time went by between the permit and the first byte, so the permit is no longer good. */
        TOO_LATE,
        /** The run had stopped before this chunk's turn came; the cause says what stopped it. */
        RUN_STOPPED,
        /** The client was closed before this chunk's turn came. */
        CLIENT_CLOSED
    }

    private final Reason reason;

    /**
     * Says why nothing was sent.
     *
     * @param reason the reason
     * @param what the reason in words
     * @param cause what led to it, or null
     */
    public NotSent(Reason reason, String what, @Nullable Throwable cause) {
        super("not sent: " + what, cause, Effect.NONE, null);
        this.reason = reason;
    }

    /** {@return why nothing was sent} */
    public Reason reason() {
        return reason;
    }
}
