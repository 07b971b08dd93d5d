package io.ramet.error;

import org.jspecify.annotations.Nullable;

/**
 * Root of all exceptions that Ramet throws or signals.
 *
 * <p>Three branches: {@link InvalidValueException} before anything is sent, {@link CallFailure} for one request, and
 * {@link RunFailure} for the end of a run. No message ever holds a password, key, token or signature.
 */
public abstract sealed class RametException extends RuntimeException
        permits InvalidValueException, CallFailure, RunFailure {

    private static final long serialVersionUID = 1L;

    RametException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** For an exception that is a value: it is always made in the same place, so its stack trace would say nothing. */
    RametException(String message) {
        super(message, null, true, false);
    }
}
