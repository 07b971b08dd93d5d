package io.ramet.error;

/** The client was already closed. Nothing was sent. */
public final class ClientClosedException extends RunFailure {

    /** Says that the client is closed. */
    public ClientClosedException() {
        super("the client is closed", null);
    }
}
