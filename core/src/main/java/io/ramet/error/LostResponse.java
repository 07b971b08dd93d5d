package io.ramet.error;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request was sent and no trustworthy response came back: the connection died, the request timed out, or the bytes
 * that arrived were not a response of the API. Instances may exist, so such a request is not sent again unless it is
 * proven that it was never executed.
 */
public final class LostResponse extends CallFailure {

    /** How far the exchange got. */
    public enum Phase {
        /** The request was handed to the connection; no byte of a response has arrived. */
        WRITTEN,
        /** A response began and broke off. */
        ANSWERING,
        /** A whole response arrived that is not one of the API. */
        ANSWERED
    }

    private final Phase phase;
    private final String what;
    private final @Nullable String dealId;
    private final @Nullable String dealName;
    private final String[] instanceIds;

    /**
     * Keeps how far the exchange got, and the RequestId.
     *
     * @param phase how far the exchange got
     * @param what what happened, in words
     * @param requestId the RequestId if one could be read, or null
     * @param cause what broke the exchange, or null
     */
    public LostResponse(Phase phase, String what, @Nullable String requestId, @Nullable Throwable cause) {
        this(phase, what, null, null, List.of(), requestId, cause);
    }

    /**
     * Keeps the purchase that a whole response names. The response cannot be trusted, because it names an error, too.
     *
     * @param what what happened, in words
     * @param dealId the DealId it names, or null
     * @param dealName the DealName it names, or null
     * @param instanceIds the ids of the instances it names
     * @param requestId the RequestId if one could be read, or null
     */
    public LostResponse(
            String what,
            @Nullable String dealId,
            @Nullable String dealName,
            List<String> instanceIds,
            @Nullable String requestId) {
        this(Phase.ANSWERED, what, dealId, dealName, instanceIds, requestId, null);
    }

    private LostResponse(
            Phase phase,
            String what,
            @Nullable String dealId,
            @Nullable String dealName,
            List<String> instanceIds,
            @Nullable String requestId,
            @Nullable Throwable cause) {
        super(
                "no trustworthy response: " + what + (requestId == null ? "" : " (RequestId " + requestId + ")"),
                cause,
                Effect.POSSIBLE,
                requestId);
        this.phase = phase;
        this.what = what;
        this.dealId = dealId;
        this.dealName = dealName;
        this.instanceIds = instanceIds.toArray(String[]::new);
    }

    /** {@return the failure of a chunk that was about to be sent when its run broke off} */
    public static LostResponse brokenOff() {
        return new LostResponse(Phase.WRITTEN, "the run that was about to send it broke off", null, null);
    }

    /** {@return how far the exchange got} */
    public Phase phase() {
        return phase;
    }

    /** {@return what happened, in words} */
    public String what() {
        return what;
    }

    /** {@return the DealId in a response that cannot be trusted} */
    public Optional<String> dealId() {
        return Optional.ofNullable(dealId);
    }

    /** {@return the DealName in a response that cannot be trusted} */
    public Optional<String> dealName() {
        return Optional.ofNullable(dealName);
    }

    /** {@return the ids of the instances in a response that cannot be trusted} */
    public List<String> instanceIds() {
        return List.of(instanceIds);
    }
}
