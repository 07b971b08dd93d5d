package io.ramet.sign;

import io.ramet.error.RunFailure;

/** No provider had credentials; the message says what was tried. */
public final class CredentialsUnavailableException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final String tried;

    /**
     * Says what was tried.
     *
     * @param tried what was tried and what came of it
     */
    public CredentialsUnavailableException(String tried) {
        super("no credentials: " + tried, null);
        this.tried = tried;
    }

    /** {@return what was tried and what came of it} */
    public String tried() {
        return tried;
    }
}
