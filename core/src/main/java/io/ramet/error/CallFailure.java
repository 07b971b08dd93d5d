package io.ramet.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why one call did not answer with a deal. The question that matters is its {@link #effect()}. */
public abstract sealed class CallFailure extends RametException permits ApiRefusal, LostResponse, NotSent {

    private static final long serialVersionUID = 1L;

    private final Effect effect;
    private final @Nullable String requestId;

    CallFailure(String message, @Nullable Throwable cause, Effect effect, @Nullable String requestId) {
        super(message, cause);
        this.effect = effect;
        this.requestId = requestId;
    }

    /** {@return whether instances may exist all the same} */
    public final Effect effect() {
        return effect;
    }

    /** {@return the RequestId of the answer, if the call got one that could be read; support asks for it} */
    public final Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }
}
