package io.ramet.sign;

import io.ramet.error.RunFailure;

/** No provider had credentials; the message says which were tried. */
public final class CredentialsUnavailableException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final String tried;

    /**
     * Keeps what was tried.
     *
     * @param tried each provider and the reason why it had no credentials
     */
    public CredentialsUnavailableException(String tried) {
        super("no credentials: " + tried, null);
        this.tried = tried;
    }

    /** {@return each provider and the reason why it had no credentials} */
    public String tried() {
        return tried;
    }
}
