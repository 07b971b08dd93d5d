package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.NotSent;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides whether a chunk may be sent again after a request that failed: only if it was certainly not executed. Two
 * other classes decide later: {@link Settlement}, by an {@link AbsenceProof} of a chunk in doubt, and {@code
 * PlanCheck}, which reopens chunks that an earlier run reported as refused.
 *
 * <p>A request is certainly not executed if no byte of it was written; if the gateway throttled it; or if its signature
 * was refused. In the last case it is signed again once, after the cause was mended. Any other request without a usable
 * response is in doubt. It is sent again only if the client is configured to do so, and only after a listing has proven
 * that it was never executed.
 */
final class ResendRule {

    /** How long the shaper is paused after a throttled request: the server's window. */
    static final Duration WINDOW = Duration.ofSeconds(1);

    private static final int MAX_CONNECTIONS = 5;
    /** A server closes a connection that has been idle for about a minute, and the wait for a permit may be longer. */
    private static final int MAX_LOST = 60;

    private static final int MAX_THROTTLED = 60;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final RandomGenerator random;

    private int unsent;
    private int lost;
    private int throttled;
    private boolean signedAgain;

    /** Creates the rule for the requests of one chunk. */
    ResendRule(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Decides about a request that failed.
     *
     * @param failure why it failed
     * @param mended whether the signature was refused and the cause was mended
     * @return how long to pause before the chunk is queued again; empty if the failure is final
     */
    Optional<Duration> again(CallFailure failure, boolean mended) {
        if (failure.effect() != Effect.NONE) {
            return Optional.empty();
        }
        if (failure instanceof NotSent notSent) {
            return switch (notSent.reason()) {
                case NO_CONNECTION, TOO_LATE ->
                    ++unsent < MAX_CONNECTIONS ? Optional.of(backoff(unsent)) : Optional.empty();
                case CONNECTION_LOST -> ++lost < MAX_LOST ? Optional.of(backoff(1)) : Optional.empty();
                case NO_CREDENTIALS, RUN_STOPPED, CLIENT_CLOSED -> Optional.empty();
            };
        }
        if (isThrottled(failure)) {
            return ++throttled < MAX_THROTTLED ? Optional.of(Duration.ZERO) : Optional.empty();
        }
        if (mended && !signedAgain) {
            signedAgain = true;
            return Optional.of(Duration.ZERO);
        }
        return Optional.empty();
    }

    static boolean isThrottled(CallFailure failure) {
        return failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.THROTTLED;
    }

    /** Exponential, and random between half and all of it, so that callers do not retry at the same moment. */
    private Duration backoff(int failures) {
        long most = FIRST_PAUSE.toMillis() << (failures - 1);
        return Duration.ofMillis(random.nextLong(most / 2, most + 1));
    }
}
