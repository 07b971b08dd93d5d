package io.ramet.reactor.shape;

/**
 * The state of a {@link SharedShaper} for a health check, and counters for metrics.
 *
 * @param mode the current source of permits
 * @param reason why the mode is not {@link Mode#SHARED}; empty if it is
 * @param present the number of registered replicas, including this one; 0 while that is not known
 * @param replicas the configured number of replicas; 0 if there are no shares
 * @param sharedPermits permits from the shared bucket so far
 * @param ownPermits permits from the replica's own share so far
 * @param rejected how often the shared bucket had no permit
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

    /** A source of permits. */
    public enum Mode {
        /** From the bucket that all replicas share. */
        SHARED,
        /** No source: the shared bucket cannot be used, and this replica's share may still be lent to the others. */
        WAITING,
        /** From this replica's own share of the limit. */
        OWN_SHARE
    }
}
