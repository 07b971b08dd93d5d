package io.ramet.error;

import org.jspecify.annotations.Nullable;

/** No byte of the request was handed to a connection: nothing was bought, and the chunk may be sent later. */
public final class NotSent extends CallFailure {

    /** Why a request was not sent. */
    public enum Reason {
        /** No connection could be opened: DNS, connect, TLS. */
        NO_CONNECTION,
        /** The connection died while the request waited for its permit, before anything was written. */
        CONNECTION_LOST,
        /** The credentials provider failed. */
        NO_CREDENTIALS,
        /** Too much time passed between the permit and the first byte, so the permit had expired. */
        TOO_LATE,
        /** The run stopped before this chunk was sent; the cause says what stopped it. */
        RUN_STOPPED,
        /** The client was closed before this chunk was sent. */
        CLIENT_CLOSED
    }

    private final Reason reason;

    /**
     * Keeps the reason.
     *
     * @param reason the reason
     * @param what the reason in words
     * @param cause the cause, or null
     */
    public NotSent(Reason reason, String what, @Nullable Throwable cause) {
        super("not sent: " + what, cause, Effect.NONE, null);
        this.reason = reason;
    }

    /** {@return why nothing was sent} */
    public Reason reason() {
        return reason;
    }

    @Override
    public boolean interrupts() {
        return switch (reason) {
            case NO_CONNECTION, CONNECTION_LOST, TOO_LATE, CLIENT_CLOSED -> true;
            case NO_CREDENTIALS, RUN_STOPPED -> false;
        };
    }
}
