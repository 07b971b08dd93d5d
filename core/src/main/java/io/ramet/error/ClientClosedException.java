package io.ramet.error;

/** The client was closed before it was asked. Nothing was sent. */
public final class ClientClosedException extends RunFailure {

    private static final long serialVersionUID = 1L;

    public ClientClosedException() {
        super("the client is closed", null);
    }
}
