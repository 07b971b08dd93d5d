package io.ramet.reactor.shape;

import reactor.core.publisher.Mono;

/** Where a process gets its permits from, one at a time. */
interface Permits {

    /**
     * For one call.
     *
     * @param goodIn nanoseconds from now until it is good
     * @param goodFor nanoseconds for which it is good from then on: what is later must take another
     */
    record Permit(long goodIn, long goodFor) {}

    /**
     * Takes a permit.
     *
     * @param late how much later than usual the sending before was: nanoseconds that the bucket is charged for
     * @return cold; the permit
     */
    Mono<Permit> take(long late);
}
