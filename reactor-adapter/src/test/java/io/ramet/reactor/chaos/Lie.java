package io.ramet.reactor.chaos;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/** A kind of lie that a run may contain. */
enum Lie {
    /** A failover to an older state, and rows that vanish although they were acknowledged. */
    JOURNAL_LOSES,
    /**
     * Commits that fail, or only report it; cut connections, deadlocks; a database that is read-only or away for a
     * while.
     */
    JOURNAL_FAILS,
    /** The journal's thread takes long, up to silence for half a minute. */
    JOURNAL_SLOW,
    /** Responses that are lost, broken off, contradictory, or deny what was executed. */
    RESPONSES,
    /** Requests that are executed long after the client has given up on them. */
    DELAYED,
    /** Listings that are short, lack their set, are refused or throttled. */
    LISTINGS,
    /** Look-ups that show other deals than the one that was requested. */
    FOREIGN_DEALS,
    /** Listings in which purchases show late. */
    STALE_LISTINGS,
    /** Credentials that are late, fail, are rotated, or never come. */
    CREDENTIALS,
    /** Wall clocks that are wrong and step, that of the database among them. */
    CLOCKS;

    /**
     * Any lies but those that no client could notice together: where the journal loses a purchase, the listing is the
     * only other witness, so it must be able to show it.
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
