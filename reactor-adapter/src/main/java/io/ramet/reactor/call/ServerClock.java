package io.ramet.reactor.call;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Our clock, corrected by what the server says of its own. Thread-safe. */
public final class ServerClock {

    /** The server refuses a signature whose timestamp differs by more. */
    private static final Duration TOLERATED = Duration.ofMinutes(5);

    private final Clock clock;
    private volatile Duration offset = Duration.ZERO;

    public ServerClock(Clock clock) {
        this.clock = clock;
    }

    /** {@return the server's time in UNIX seconds, as far as we know} */
    long seconds() {
        return clock.instant().plus(offset).getEpochSecond();
    }

    /**
     * Sets our time right after the server has refused a timestamp.
     *
     * @param signed the timestamp that was refused
     * @param date the server's time in its answer
     * @return whether that explains the refusal, so that signing anew can help
     */
    boolean correct(long signed, Instant date) {
        if (Duration.between(Instant.ofEpochSecond(signed), date).abs().compareTo(TOLERATED) < 0) {
            return false;
        }
        offset = Duration.between(clock.instant(), date);
        return true;
    }
}
