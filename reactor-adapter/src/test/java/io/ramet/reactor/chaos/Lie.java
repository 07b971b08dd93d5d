package io.ramet.reactor.chaos;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/** What lies in a run. */
enum Lie {
    /** A failover to an older state, and rows that vanish although they were acknowledged. */
    JOURNAL_LOSES,
    /** Commits that fail, or only say so; broken connections, deadlocks; read-only and refused for a while. */
    JOURNAL_FAILS,
    /** Its thread takes long, up to silence for half a minute. */
    JOURNAL_SLOW,
    /** Lost, broken off, contradictory; executed and denied. */
    RESPONSES,
    /** Requests that are executed long after they were given up. */
    DELAYED,
    /** Short, without a set, refused, throttled. */
    LISTINGS,
    /** Other deals than the one that was asked for. */
    FOREIGN_DEALS,
    /** Purchases show late. */
    STALE_LISTINGS,
    /** Late, failing, rotated, never. */
    CREDENTIALS,
    /** Wall clocks, the database's among them, that step and are wrong. */
    CLOCKS;

    /**
     * Any, but what cannot be noticed by anybody at once: where the journal forgets a purchase, the listing is the only other
     * witness, so that must be able to know of it.
     */
    static Set<Lie> of(int seed) {
        Random random = new Random(seed * 7919L);
        Set<Lie> lies = EnumSet.noneOf(Lie.class);
        double each = 0.15 + random.nextDouble(0.4);
        for (Lie lie : values()) {
            if (random.nextDouble() < each) {
                lies.add(lie);
            }
        }
        if (lies.contains(JOURNAL_LOSES)) {
            lies.remove(STALE_LISTINGS);
            lies.remove(DELAYED);
        }
        return lies;
    }
}
