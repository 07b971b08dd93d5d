package io.ramet.reactor.shape;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * The registry of the replicas that share a limit. A replica registers until a time: until then it lends its share of
 * the limit to all, afterwards it may send on its own share. The time is that of the registry, one clock for all. The
 * registry also keeps the number by which the replicas divide the limit, until a day after the last registration of a
 * replica that has not left: a replica that is not registered may be cut off, and sending on a share of that size.
 */
public interface Membership {

    /**
     * Registers a replica and reads the members, in one step. A replica whose number is not that of the known ones is
     * not registered.
     *
     * @param replica the replica
     * @param until when the registration ends, on the registry's clock; if that is past when the call is executed,
     *     however late, the replica is not registered. {@link Duration#ZERO} only reads
     * @return the members, this replica included; cold. Fails if the registry cannot be reached
     */
    Mono<Members> call(Replica replica, Duration until);

    /**
     * Removes a replica for good, and closes the connections. Called once, when the shaper is closed.
     *
     * @param replica the replica
     * @return completes when that is done, or could not be done; cold
     */
    Mono<Void> leave(Replica replica);

    /**
     * A replica, as it registers.
     *
     * @param name no two replicas have the same
     * @param replicas the number by which it divides the limit; 0 if it has no share
     */
    record Replica(String name, int replicas) {}

    /**
     * The members at one time.
     *
     * @param time the time on the registry's clock, since any instant of its choice
     * @param present how many replicas were registered
     * @param replicas the number by which the known replicas divide the limit; 0 if none are known
     */
    record Members(Duration time, int present, int replicas) {}
}
