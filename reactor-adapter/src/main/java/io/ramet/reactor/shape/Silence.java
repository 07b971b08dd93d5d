package io.ramet.reactor.shape;

import java.time.Duration;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * Detects when no response has arrived for clearly longer than responses usually take, while requests are in flight.
 * The network may be down, and a request that is sent now would arrive later, together with all others. A request that
 * was sent before one that has its response no longer counts: it is slow, but the network is not down. Not thread-safe.
 */
final class Silence {

    private static final long SHORTEST = Duration.ofMillis(300).toNanos();
    private static final int TIMES = 3;
    private static final int RECENT = 64;
    /**
     * So many that a window of late responses is less than a twentieth of them, and does not change the 95th
     * percentile.
     */
    private static final int REMEMBERED = 512;
    /**
     * After this time, one request may be sent in spite of the silence: its response shows whether the one in flight is
     * only slow.
     */
    private static final long PROBE = Duration.ofSeconds(2).toNanos();

    private final long[] took = new long[REMEMBERED];
    private final TreeSet<Long> inFlight = new TreeSet<>();
    private long requests;
    private long responses;
    private long since;
    private long longest = SHORTEST;
    private long usual;

    /** {@return whether any response has arrived} */
    boolean hasResponses() {
        return responses > 0;
    }

    /** {@return whether it is silent now} */
    boolean isSilent(long now) {
        return hasResponses() && !inFlight.isEmpty() && now - since > longest;
    }

    /** {@return the usual maximum time of a response; 0 before the first one} */
    long usual() {
        return usual;
    }

    /** {@return the time from which one request may be sent in spite of the silence} */
    long probe(long lastGrant) {
        return Math.max(since, lastGrant) + PROBE;
    }

    /** {@return the number of the request, which was just sent} */
    long sent(long now) {
        if (inFlight.isEmpty()) {
            since = now;
        }
        inFlight.add(++requests);
        return requests;
    }

    /** Notes that the response to a request has arrived, {@code time} after it was sent. */
    void responded(long now, long request, long time) {
        inFlight.headSet(request, true).clear();
        since = now;
        took[(int) (responses++ % REMEMBERED)] = time;
        longest = Math.max(SHORTEST, TIMES * slowest(RECENT));
        usual = slowest(REMEMBERED);
    }

    /** Notes that a request will have no response. */
    void lost(long request) {
        inFlight.remove(request);
    }

    /** {@return the 95th percentile of the times of the latest responses} */
    private long slowest(int latest) {
        int count = (int) Math.min(responses, latest);
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = took[(int) ((responses - 1 - i) % REMEMBERED)];
        }
        Arrays.sort(sorted);
        return sorted[(count - 1) * 95 / 100];
    }
}
