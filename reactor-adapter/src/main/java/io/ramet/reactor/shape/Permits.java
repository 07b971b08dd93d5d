package io.ramet.reactor.shape;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** Where a process gets its permits from, one at a time. */
interface Permits {

    /**
     * Takes a permit.
     *
     * @param late how much later than usual the sending before was: nanoseconds that the bucket is charged for
     * @return cold; the nanoseconds from now until the permit is good
     */
    Mono<Long> take(long late);

    /** {@return how long a permit is good once its time has come: what is later must take another} */
    Duration goodFor();
}
