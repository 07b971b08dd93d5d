package io.ramet.reactor.shape;

import reactor.core.publisher.Mono;

/** Where a process gets its permits from, one at a time. */
interface PermitSource {

    /**
     * For one call.
     *
     * @param delay nanoseconds from now until it is good
     * @param validFor nanoseconds for which it is good from then on: what is later must take another
     */
    record Permit(long delay, long validFor) {}

    /**
     * Takes a permit.
     *
     * @return cold; the permit
     */
    Mono<Permit> take();

    /**
     * Charges for a sending that was late: what refilled meanwhile must not be given out, because the late one came in its
     * time. At once and not with the next permit, which another process may take.
     *
     * @param late how much later than usual it was, in nanoseconds; more than 0
     * @return cold; completes when that is charged, or when there is nothing to charge
     */
    Mono<Void> charge(long late);
}
