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
 * When a call may be made again: only if it surely had no effect. This is the one place that decides it.
 *
 * <p>Three cases: no byte of it was written; the gateway held it back; or its timestamp was refused, once, and the clock has
 * been set right since. Anything else without a usable answer is in doubt and is never sent again.
 */
final class ResendRule {

    /** The shaper is held for this long after a throttled call: the server's window. */
    static final Duration WINDOW = Duration.ofSeconds(1);

    private static final int MOST_CONNECTIONS = 5;
    /** A server closes a connection that has been idle for a minute or so, and the queue may be longer than that. */
    private static final int MOST_LOST = 60;

    private static final int MOST_THROTTLED = 60;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final RandomGenerator random;

    private int unsent;
    private int lost;
    private int throttled;
    private boolean clockCorrected;

    /** For one chunk. */
    ResendRule(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Decides about a failed call.
     *
     * @param failure why it failed
     * @param clockIsRight whether the clock has been corrected because of it
     * @return how long to pause before queueing for the next turn; empty if the failure is final
     */
    public Optional<Duration> again(CallFailure failure, boolean clockIsRight) {
        if (failure.effect() != Effect.NONE) {
            return Optional.empty();
        }
        if (failure instanceof NotSent notSent) {
            return switch (notSent.reason()) {
                case NO_CONNECTION, TOO_LATE ->
                    ++unsent < MOST_CONNECTIONS ? Optional.of(backoff(unsent)) : Optional.empty();
                case CONNECTION_LOST -> ++lost < MOST_LOST ? Optional.of(backoff(1)) : Optional.empty();
                case NO_CREDENTIALS, RUN_STOPPED, CLIENT_CLOSED -> Optional.empty();
            };
        }
        if (failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.THROTTLED) {
            return ++throttled < MOST_THROTTLED ? Optional.of(Duration.ZERO) : Optional.empty();
        }
        if (failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.CLOCK) {
            boolean first = !clockCorrected;
            clockCorrected = true;
            return first && clockIsRight ? Optional.of(Duration.ZERO) : Optional.empty();
        }
        return Optional.empty();
    }

    /** Doubles, and takes between half and all of it, so that callers do not come back together. */
    private Duration backoff(int failures) {
        long most = FIRST_PAUSE.toMillis() << (failures - 1);
        return Duration.ofMillis(random.nextLong(most / 2, most + 1));
    }
}
