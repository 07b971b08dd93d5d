package io.ramet.model;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.error.InvalidValueException;
import org.jspecify.annotations.Nullable;

/**
 * A node of a multi-zone instance ({@code RedisNodeInfo}): its role and its zone.
 *
 * @param role master or replica
 * @param nodeId the node's id, which a clone does not need; or null
 * @param zoneId the zone's numeric id, such as 100003; or null
 * @param zoneName the zone's name, such as {@code ap-guangzhou-3}; or null
 */
public record RedisNode(
        Role role,
        @Nullable Integer nodeId,
        @Nullable Integer zoneId,
        @Nullable String zoneName) {

    /**
     * Checks the zone.
     *
     * @throws InvalidValueException if the zone's id is not positive, or its name is blank
     */
    public RedisNode {
        unless(
                zoneId == null || zoneId >= 1,
                "nodes.zoneId",
                String.valueOf(zoneId),
                "must be the numeric id of a zone");
        unless(zoneName == null || !zoneName.isBlank(), "nodes.zoneName", "'" + zoneName + "'", "must not be blank");
    }

    /** The role of a node. */
    public enum Role {
        /** Takes writes. */
        MASTER(0),
        /** Follows the master. */
        REPLICA(1);

        private final int wireValue;

        Role(int wireValue) {
            this.wireValue = wireValue;
        }

        /** {@return the value of {@code NodeType} on the wire} */
        public int wireValue() {
            return wireValue;
        }
    }

    /**
     * A master in a zone.
     *
     * @param zoneId the zone's numeric id
     * @return the node
     */
    public static RedisNode master(int zoneId) {
        return new RedisNode(Role.MASTER, null, zoneId, null);
    }

    /**
     * A replica in a zone.
     *
     * @param zoneId the zone's numeric id
     * @return the node
     */
    public static RedisNode replica(int zoneId) {
        return new RedisNode(Role.REPLICA, null, zoneId, null);
    }
}
