package io.ramet.error;

import org.jspecify.annotations.Nullable;

/** A failure that ends the run of a plan, as opposed to one of its chunks. */
public abstract class RunFailure extends RametException {

    /**
     * For subclasses.
     *
     * @param message what happened, in words
     * @param cause the cause, or null
     */
    protected RunFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
