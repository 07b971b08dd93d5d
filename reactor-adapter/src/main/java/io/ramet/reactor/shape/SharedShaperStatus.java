package io.ramet.reactor.shape;

/**
 * The state of a {@link SharedShaper} for a health check, and counters for metrics.
 *
 * @param mode where permits come from now
 * @param reason why, in words; empty if all is well
 * @param present how many replicas are registered, this one included; 0 while that is not known
 * @param replicas how many replicas are configured; 0 if none are
 * @param sharedPermits permits from the shared bucket so far
 * @param ownPermits permits from the replica's own share so far
 * @param rejected how often the shared bucket was empty
 * @param contended how often another replica used the bucket at the same time, so that this one had to try again
 * @param stale permits that came too late to be used
 * @param degradations how often this replica stopped sharing
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
        /** From nowhere: the shared bucket cannot be used, and this replica's share may still be lent to the others. */
        WAITING,
        /** From this replica's own share of the limit. */
        OWN_SHARE
    }
}
