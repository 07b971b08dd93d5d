package io.ramet.reactor.call;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Says when the absence of a chunk from a listing proves that it was never executed. */
final class AbsenceProof {

    /** The server refuses a signature whose timestamp is older than this. */
    private static final Duration SIGNATURE_LIFE = Duration.ofMinutes(5);
    /** Both the server's Date and the timestamp are in whole seconds. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    private AbsenceProof() {}

    /**
     * {@return whether absence can be a proof for this outcome: it is in doubt, and no byte of a response has arrived.
     * If the server has begun to respond, it may have placed an order that is paid for later, even if no listing shows
     * an instance}
     */
    static boolean isPossible(ChunkOutcome outcome) {
        return outcome instanceof InDoubt doubt
                && doubt.failure() instanceof LostResponse lost
                && lost.phase() == Phase.WRITTEN;
    }

    /**
     * Computes from when absence is a proof. All times are the server's: it compares the timestamp with its own clock,
     * and it dates the listing. Therefore the local clock may be wrong by any amount.
     *
     * @param timestamp the timestamp of the chunk's last signature in UNIX seconds
     * @param visibilityLag how long a purchase may be missing from listings
     * @return the server's time; a listing of a later time is a proof
     */
    static Instant begins(long timestamp, Duration visibilityLag) {
        return Instant.ofEpochSecond(timestamp)
                .plus(SIGNATURE_LIFE)
                .plus(visibilityLag)
                .plus(ROUNDING);
    }

    /**
     * {@return whether a listing that lacks the chunk and that the server dated {@code listed} is a proof; one without
     * a date never is}
     */
    static boolean isGiven(long timestamp, Duration visibilityLag, @Nullable Instant listed) {
        return listed != null && listed.isAfter(begins(timestamp, visibilityLag));
    }
}
