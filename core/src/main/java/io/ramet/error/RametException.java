package io.ramet.error;

import org.jspecify.annotations.Nullable;

/**
 * Root of all exceptions that Ramet throws or signals: {@link InvalidValueException} before anything is sent, {@link
 * CallFailure} for one request, {@link RunFailure} for the end of the run of a plan, and others that carry a result. No
 * message ever holds a password, key, token or signature.
 */
public abstract class RametException extends RuntimeException {

    /**
     * For subclasses.
     *
     * @param message what happened, in words
     * @param cause the cause, or null
     */
    protected RametException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** For an exception that is a value: it is always created in the same place, so it needs no stack trace. */
    RametException(String message) {
        super(message, null, true, false);
    }
}
