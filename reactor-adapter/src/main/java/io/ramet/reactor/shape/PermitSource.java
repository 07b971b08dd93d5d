package io.ramet.reactor.shape;

import reactor.core.publisher.Mono;

/** The source from which a process acquires its permits, one at a time. */
interface PermitSource {

    /**
     * Allows one request.
     *
     * @param delay nanoseconds from now until it is valid
     * @param validFor nanoseconds for which it is valid from then on; a later request must acquire another one
     */
    record Permit(long delay, long validFor) {}

    /** {@return the next permit; a cold Mono that acquires one per subscription} */
    Mono<Permit> acquire();

    /**
     * Charges for a request that was sent late: tokens that were refilled in the meantime must not be granted, because
     * the late request used that time. They are charged at once and not with the next permit, which another process may
     * acquire.
     *
     * @param late how much later than usual the request was sent, in nanoseconds; more than 0
     * @return a cold Mono that completes when the lateness is charged, or when there is nothing to charge
     */
    Mono<Void> charge(long late);
}
