package io.ramet.reactor.shape;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Where replicas that share a limit say that they are there. One who says so until a time lends its share of the limit to all
 * until then, and may send on its own share again when that time is past. The time is that of the place, one clock for all.
 */
public interface Attendance {

    /**
     * Looks who is there, and says that a replica is.
     *
     * @param replica which says so
     * @param until when that ends, on the clock of this place; if that is past when the call is executed, however late, the
     *     replica is not there. {@link Duration#ZERO} only looks
     * @return cold; what was seen, the replica itself included. Fails if the place cannot be reached
     */
    Mono<Roll> call(String replica, Duration until);

    /**
     * Says that a replica has gone for good, and lets go of connections. Called once, when the shaper is closed.
     *
     * @param replica which says so
     * @return cold; completes when done, or when that could not be done
     */
    Mono<Void> leave(String replica);

    /**
     * Who was there.
     *
     * @param time on the clock of the place, since any instant of its choice
     * @param present how many replicas were there
     */
    record Roll(Duration time, int present) {}
}
