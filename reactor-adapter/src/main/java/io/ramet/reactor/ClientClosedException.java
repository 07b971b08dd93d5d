package io.ramet.reactor;

import io.ramet.error.RunFailure;

/** The client was closed before it was asked. Nothing was sent. */
public final class ClientClosedException extends RunFailure {

    private static final long serialVersionUID = 1L;

    ClientClosedException() {
        super("the client is closed", null);
    }
}
