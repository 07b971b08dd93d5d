package io.ramet.reactor.shape;

/**
 * How a {@link SharedShaper} stands: for a health check, and counters for metrics.
 *
 * @param mode where permits come from now
 * @param reason why, in words; empty if all is well
 * @param present replicas seen, this one included; 0 while nobody was seen
 * @param replicas replicas configured; 0 if none are
 * @param sharedPermits permits had from the shared bucket so far
 * @param ownPermits permits had from the replica's own share so far
 * @param rejected how often the shared bucket was empty when asked
 * @param contended how often two asked at once, and this one had to ask again
 * @param stale permits that came too late to be used
 * @param degradations how often sharing was given up
 */
public record SharedShaperStatus(
        Mode mode,
        String reason,
        int present,
        int replicas,
        long sharedPermits,
        long ownPermits,
        long rejected,
        long contended,
        long stale,
        long degradations) {

    /** Where permits come from. */
    public enum Mode {
        /** From the bucket that all replicas share. */
        SHARED,
        /** From nowhere: the shared bucket cannot be used, and others may still be lent this replica's share. */
        WAITING,
        /** From this replica's own share of the limit. */
        OWN_SHARE
    }
}
