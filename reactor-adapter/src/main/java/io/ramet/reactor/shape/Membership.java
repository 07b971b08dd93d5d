package io.ramet.reactor.shape;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * The place where replicas that share a limit register. A replica registers until a time: until then it lends its share of the
 * limit to all, afterwards it may send on its own share. The time is that of the place, one clock for all. The place also
 * keeps the number by which the replicas divide the limit, for a day after a replica was last there and unless that one has
 * left: a replica that is not there may be cut off, and sending on a share of that size.
 */
public interface Membership {

    /**
     * Looks who is there, and registers a replica. In one step: a replica with another number than those that are known is not
     * registered.
     *
     * @param replica which one
     * @param until when that ends, on the clock of this place; if that is past when the call is executed, however late, the
     *     replica is not there. {@link Duration#ZERO} only looks
     * @return cold; what was seen, the replica itself included. Fails if the place cannot be reached
     */
    Mono<Members> call(Replica replica, Duration until);

    /**
     * Registers that a replica has gone for good, and lets go of connections. Called once, when the shaper is closed.
     *
     * @param replica which one
     * @return cold; completes when done, or when that could not be done
     */
    Mono<Void> leave(Replica replica);

    /**
     * A replica, as it registers.
     *
     * @param name no two replicas have the same
     * @param replicas by how many it divides the limit; 0 if it has no share
     */
    record Replica(String name, int replicas) {}

    /**
     * Who was there.
     *
     * @param time on the clock of the place, since any instant of its choice
     * @param present how many replicas were there
     * @param replicas by how many those that are known divide the limit; 0 if none are known
     */
    record Members(Duration time, int present, int replicas) {}
}
