package io.ramet.reactor.call;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When it is certain that a call will never be executed, given that nothing of it has shown.
 *
 * <p>All time is the server's: the timestamp is what the server compares with its own clock, and a listing is dated by the
 * server. So our clock may be wrong by any amount.
 */
public record Proof(Duration visibilityLag) {

    /** The server refuses a signature whose timestamp is older. */
    private static final Duration SIGNATURE_LIFE = Duration.ofMinutes(5);
    /** The server's Date is in whole seconds, and so is the timestamp. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    /** {@return the server's time after which an empty listing proves that what was signed then was never executed} */
    public Instant after(long timestamp) {
        return Instant.ofEpochSecond(timestamp)
                .plus(SIGNATURE_LIFE)
                .plus(visibilityLag)
                .plus(ROUNDING);
    }

    /** {@return whether an empty listing that the server dated so is proof; an undated one never is} */
    boolean holds(long timestamp, @Nullable Instant listed) {
        return listed != null && listed.isAfter(after(timestamp));
    }
}
