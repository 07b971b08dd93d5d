package io.ramet.sign;

import io.ramet.error.RunFailure;

/** No provider had credentials; the message says what was tried. */
public final class CredentialsUnavailableException extends RunFailure {

    private static final long serialVersionUID = 1L;

    /**
     * Says what was tried.
     *
     * @param tried what was tried and what came of it
     */
    public CredentialsUnavailableException(String tried) {
        super("no credentials: " + tried, null);
    }
}
