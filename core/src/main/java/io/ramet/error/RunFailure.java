package io.ramet.error;

import org.jspecify.annotations.Nullable;

/** What ends the run of a plan as a whole, as opposed to one of its chunks. */
public abstract non-sealed class RunFailure extends RametException {

    private static final long serialVersionUID = 1L;

    /**
     * For the failures of a run.
     *
     * @param message what happened, in words
     * @param cause what led to it, or null
     */
    protected RunFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
