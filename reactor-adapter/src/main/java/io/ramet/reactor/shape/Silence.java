package io.ramet.reactor.shape;

import java.time.Duration;
import java.util.Arrays;

/**
 * Whether responses stay away for clearly longer than they usually take while requests are in flight: then the network may be
 * down, and what is sent now arrives later, together with all the rest. Not thread-safe.
 */
final class Silence {

    private static final long SHORTEST = Duration.ofMillis(300).toNanos();
    private static final int TIMES = 3;
    private static final int REMEMBERED = 64;
    /** One request may be sent into a silence after so long: if the one in flight is merely slow, its response shows that. */
    private static final long PROBE = Duration.ofSeconds(2).toNanos();

    private final long[] took = new long[REMEMBERED];
    private long responses;
    private int inFlight;
    private long since;
    private long longest = SHORTEST;

    /** {@return whether there ever was a response} */
    boolean heard() {
        return responses > 0;
    }

    /** {@return whether it is silent now} */
    boolean reigns(long now) {
        return heard() && inFlight > 0 && now - since > longest;
    }

    /** {@return when one request may be sent in spite of it} */
    long probe(long lastGrant) {
        return Math.max(since, lastGrant) + PROBE;
    }

    void sent(long now) {
        if (inFlight++ == 0) {
            since = now;
        }
    }

    /** A response has arrived after so long. */
    void broken(long now, long time) {
        inFlight--;
        since = now;
        took[(int) (responses++ % REMEMBERED)] = time;
        long[] recent = Arrays.copyOf(took, (int) Math.min(responses, REMEMBERED));
        Arrays.sort(recent);
        longest = Math.max(SHORTEST, TIMES * recent[recent.length * 95 / 100]);
    }

    /** No response will come to one of the requests. */
    void lost() {
        inFlight--;
    }
}
