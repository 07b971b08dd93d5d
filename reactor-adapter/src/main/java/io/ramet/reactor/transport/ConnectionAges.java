package io.ramet.reactor.transport;

import java.time.Duration;

/**
 * Decides which connections are too old for a first byte. A front end may close a connection that stays silent for a
 * second after it was opened, TLS handshake included. If bytes are written while it closes, the chunk is in doubt,
 * although no server has read them. Thread-safe.
 */
final class ConnectionAges {

    private static final long LIMIT = Duration.ofMillis(700).toNanos();
    /** Fewer than the attempts of a chunk, so that a single chunk is sent even if all connections have become slow. */
    private static final int RECENT = 32;

    private final long[] recent = new long[RECENT];
    private long count;

    /**
     * {@return whether a connection of this age may be written to: it is younger than 700 ms, or than twice the
     * youngest of the last 32. The second rule is for machines on which the first byte always takes that long}
     *
     * @param age nanoseconds since the connection was opened
     */
    synchronized boolean isYoung(long age) {
        recent[(int) (count++ % RECENT)] = age;
        long youngest = age;
        for (int i = 0; i < Math.min(count, RECENT); i++) {
            youngest = Math.min(youngest, recent[i]);
        }
        return age <= Math.max(LIMIT, 2 * youngest);
    }
}
