package io.ramet.error;

import org.jspecify.annotations.Nullable;

/**
 * A well-formed response with an {@code Error}. Its {@link ErrorCode} says what that means for a purchase. It has no
 * stack trace, which would only show where responses are read.
 */
public final class ApiRefusal extends CallFailure {

    private final transient ErrorCode code;
    private final String text;

    /**
     * Keeps the response.
     *
     * @param code the code, looked up in {@link ErrorCodes}
     * @param text the API's own message: for people; it may change at any time
     * @param requestId the RequestId of the response, or null if it had none
     */
    public ApiRefusal(ErrorCode code, String text, @Nullable String requestId) {
        super(
                code.name() + ": " + text + (requestId == null ? "" : " (RequestId " + requestId + ")"),
                code.effect(),
                requestId);
        this.code = code;
        this.text = text;
    }

    /** {@return the API's error code and what is known about it} */
    public ErrorCode code() {
        return code;
    }

    /** {@return the API's own message} */
    public String text() {
        return text;
    }

    /** {@return the same refusal with possible effect, because part of the chunk may have been delivered before it} */
    public ApiRefusal unconfirmed() {
        return new ApiRefusal(code.unconfirmed(), text, requestId().orElse(null));
    }

    /** {@return the same refusal with the effect of its code, after a look-up has shown no instance} */
    public ApiRefusal confirmed() {
        return new ApiRefusal(ErrorCodes.of(code.name()), text, requestId().orElse(null));
    }
}
