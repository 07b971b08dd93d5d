package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a chunk may be sent again: only if it was certainly not executed. {@link #again} decides about a
 * request that failed. Two other classes decide later: {@link Settlement} proves the absence of a chunk in doubt, with
 * {@link #isProvable} and {@link #isProof}, and {@code PlanCheck} reopens chunks that an earlier run reported as
 * refused.
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

    /** The server refuses a signature whose timestamp is older than this. */
    private static final Duration SIGNATURE_LIFE = Duration.ofMinutes(5);
    /** Both the server's Date and the timestamp are in whole seconds. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

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

    /**
     * {@return whether the absence of a chunk can prove that it was never executed, because no byte of a response has
     * arrived. If the server has begun to respond, it may have placed an order that is paid for later, even if no
     * listing shows an instance}
     */
    static boolean isProvable(ChunkOutcome outcome) {
        return outcome instanceof InDoubt doubt
                && doubt.failure() instanceof LostResponse lost
                && lost.phase() == Phase.WRITTEN;
    }

    /**
     * Computes when absence proves that a chunk was never executed. All times are the server's: it compares the
     * timestamp with its own clock, and it dates the listing. Therefore the local clock may be wrong by any amount.
     *
     * @param timestamp the timestamp of the chunk's last signature in UNIX seconds
     * @param visibilityLag how long a purchase may be missing from listings
     * @return the server's time after which a listing is proof
     */
    static Instant absenceIsProofAfter(long timestamp, Duration visibilityLag) {
        return Instant.ofEpochSecond(timestamp)
                .plus(SIGNATURE_LIFE)
                .plus(visibilityLag)
                .plus(ROUNDING);
    }

    /**
     * {@return whether a listing that lacks the chunk and that the server dated {@code listed} is proof; one without a
     * date never is}
     */
    static boolean isProof(long timestamp, Duration visibilityLag, @Nullable Instant listed) {
        return listed != null && listed.isAfter(absenceIsProofAfter(timestamp, visibilityLag));
    }
}
