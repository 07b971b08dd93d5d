package io.ramet.model;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An instance that a plan has bought, in its present state.
 *
 * @param instanceId its id, such as {@code crs-kic3abcd}
 * @param instanceName its name as the API lists it; if it is not listed, the name that it was bought with
 * @param status its status
 * @param ip the address in its VPC, or null if none is known
 * @param port its port, or null if none is known
 * @param zoneId the numeric id of its zone, or null if it is not listed
 * @param deal the name of the deal that it belongs to, or null if none is known
 * @param chunk the index of the chunk that it belongs to
 * @param age the time since the request that bought it was signed, in whole seconds, or null if the journal does not
 *     know it
 * @param detail the reason of that status, in words; empty if none is needed
 */
public record InstanceState(
        String instanceId,
        String instanceName,
        Status status,
        @Nullable String ip,
        @Nullable Integer port,
        @Nullable Integer zoneId,
        @Nullable String deal,
        int chunk,
        @Nullable Duration age,
        String detail) {

    /** The status of an instance. */
    public enum Status {
        /** It is being created, or changed. */
        STARTING,
        /** It runs. */
        RUNNING,
        /** It was returned and waits in the recycle bin, or for its deletion. */
        ISOLATED,
        /** It is not listed: not yet, or no longer. */
        ABSENT,
        /** It will not run: its order or its creation has failed, or it was isolated or deleted. */
        FAILED,
        /** It did not run by the deadline of the wait. It may run later. */
        TIMED_OUT
    }

    /** {@return where it can be connected to, such as {@code 10.0.0.5:6379}; empty if that is not known} */
    public Optional<String> address() {
        return ip == null || port == null ? Optional.empty() : Optional.of(ip + ":" + port);
    }

    /**
     * The same instance with another status.
     *
     * @param status its status
     * @param detail the reason, in words
     * @return the instance with that status
     */
    public InstanceState as(Status status, String detail) {
        return new InstanceState(instanceId, instanceName, status, ip, port, zoneId, deal, chunk, age, detail);
    }
}
