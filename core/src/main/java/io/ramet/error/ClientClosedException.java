package io.ramet.error;

/** The client was already closed. Nothing was sent. */
public final class ClientClosedException extends RunFailure {

    private static final long serialVersionUID = 1L;

    /** Says that the client is closed. */
    public ClientClosedException() {
        super("the client is closed", null);
    }
}
