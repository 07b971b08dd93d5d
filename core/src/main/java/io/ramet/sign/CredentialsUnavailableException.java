package io.ramet.sign;

import io.ramet.error.RametException;
import org.jspecify.annotations.Nullable;

/**
 * A provider has no credentials: either none are set up there ({@linkplain #isAbsent() absent}), or some are and cannot
 * be used. The message names the provider and what it tried; it holds no secret.
 */
public final class CredentialsUnavailableException extends RametException {

    private final String provider;
    private final String tried;
    private final boolean absent;

    /**
     * For a provider that has credentials it cannot hand out.
     *
     * @param tried what was tried and what came of it
     */
    public CredentialsUnavailableException(String tried) {
        this("", tried, false, null);
    }

    private CredentialsUnavailableException(String provider, String tried, boolean absent, @Nullable Throwable cause) {
        super("no credentials: " + (provider.isEmpty() ? "" : provider + ": ") + tried, cause);
        this.provider = provider;
        this.tried = tried;
        this.absent = absent;
    }

    /**
     * No credentials are set up at this provider, so that another one may be tried.
     *
     * @param provider the provider's name, such as {@code environment}
     * @param tried what is missing
     * @return the failure
     */
    public static CredentialsUnavailableException absent(String provider, String tried) {
        return new CredentialsUnavailableException(provider, tried, true, null);
    }

    /**
     * Credentials are set up at this provider and cannot be used. Another one must not silently take its place.
     *
     * @param provider the provider's name, such as {@code environment}
     * @param tried what is wrong
     * @param cause what led to it, or null; must quote no secret
     * @return the failure
     */
    public static CredentialsUnavailableException broken(String provider, String tried, @Nullable Throwable cause) {
        return new CredentialsUnavailableException(provider, tried, false, cause);
    }

    /** {@return the provider's name; empty if it has none} */
    public String provider() {
        return provider;
    }

    /** {@return what was tried and what came of it} */
    public String tried() {
        return tried;
    }

    /** {@return whether no credentials are set up there, as opposed to some that cannot be used} */
    public boolean isAbsent() {
        return absent;
    }
}
