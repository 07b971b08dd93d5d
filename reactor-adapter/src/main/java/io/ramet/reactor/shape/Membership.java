package io.ramet.reactor.shape;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * The registry of the replicas that share a limit. A replica registers until a deadline: until then it lends its share
 * of the limit to the group, and afterwards it may send on its own share. All times are those of the registry's clock.
 * The registry also stores the number by which the replicas divide the limit, until a day after the last registration
 * of a replica that has not left. A replica that is no longer registered may be cut off, and may be sending on a share
 * of that size. Implementations must not block.
 */
public interface Membership {

    /**
     * Registers a replica and reads the members, atomically. A replica whose number differs from that of the known
     * replicas is not registered.
     *
     * @param replica the replica
     * @param until the end of the registration, on the registry's clock; if it has passed when the call is executed,
     *     the replica is not registered. {@link Duration#ZERO} only reads
     * @return the members, including this replica; cold. Fails if the registry cannot be reached
     */
    Mono<Members> call(Replica replica, Duration until);

    /**
     * Removes a replica permanently, and closes the connections. Called once, when the shaper is closed.
     *
     * @param replica the replica
     * @return a cold Mono that completes when that is done or has failed
     */
    Mono<Void> leave(Replica replica);

    /**
     * A replica.
     *
     * @param name unique among the replicas
     * @param replicas the number by which it divides the limit; 0 if it has no share
     */
    record Replica(String name, int replicas) {}

    /**
     * The members at a point in time.
     *
     * @param time the time of the registry's clock, counted from any fixed instant
     * @param present the number of registered replicas
     * @param replicas the number by which the known replicas divide the limit; 0 if none are known
     */
    record Members(Duration time, int present, int replicas) {}
}
