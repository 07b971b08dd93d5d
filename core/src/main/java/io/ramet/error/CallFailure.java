package io.ramet.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reason why a request brought no deal. Its most important property is the {@link #effect()}. */
public abstract sealed class CallFailure extends RametException permits ApiRefusal, LostResponse, NotSent {

    private final Effect effect;
    private final @Nullable String requestId;

    CallFailure(String message, @Nullable Throwable cause, Effect effect, @Nullable String requestId) {
        super(message, cause);
        this.effect = effect;
        this.requestId = requestId;
    }

    /** Without a stack trace. */
    CallFailure(String message, Effect effect, @Nullable String requestId) {
        super(message);
        this.effect = effect;
        this.requestId = requestId;
    }

    /** {@return whether instances may nevertheless exist} */
    public final Effect effect() {
        return effect;
    }

    /**
     * {@return whether the reason is unrelated to the plan: the connection, the permit, or the end of the process. A
     * submitted plan that stops for such a reason is resumed later}
     */
    public boolean interrupts() {
        return false;
    }

    /** {@return the RequestId of the response, if one could be read; the vendor's support needs it} */
    public final Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }
}
