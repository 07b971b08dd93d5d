package io.ramet.simulator;

import java.util.Objects;

/**
 * An instance that can be cloned. Its clones have the same specification.
 *
 * @param instanceId its id
 * @param type its type, such as 16 for a cluster of Redis 6.2
 * @param shardSize the memory of one shard in MB, at least 1; of the whole instance if it is not a cluster
 * @param shards how many shards it has, at least 1
 * @param replicas how many replicas each shard has, zero or more
 * @param status 2 if it runs; the API's documentation lists the others
 * @param billingMode 0 for pay-as-you-go, 1 for prepaid
 * @param secondLevelBackup whether it can be cloned in its state at a point in time
 */
public record Source(
        String instanceId,
        int type,
        int shardSize,
        int shards,
        int replicas,
        int status,
        int billingMode,
        boolean secondLevelBackup) {

    /** Rejects a specification that no instance has. */
    public Source {
        Preconditions.notBlank("instanceId", instanceId);
        Objects.requireNonNull(ProductType.ALL.get(type), () -> "no type " + type);
        Preconditions.atLeastOne("shardSize", shardSize);
        Preconditions.atLeastOne("shards", shards);
        Preconditions.notNegative("replicas", replicas);
    }

    /**
     * {@return a running pay-as-you-go cluster of Redis 6.2 with one shard of 1 GB and one replica}
     *
     * @param instanceId its id
     */
    public static Source of(String instanceId) {
        return new Source(instanceId, 16, 1024, 1, 1, 2, CloneOrder.PAY_AS_YOU_GO, false);
    }

    /**
     * {@return this source with another specification}
     *
     * @param type its type
     * @param shardSize the memory of one shard in MB, at least 1
     * @param shards how many shards it has, at least 1
     * @param replicas how many replicas each shard has, zero or more
     */
    public Source specification(int type, int shardSize, int shards, int replicas) {
        return new Source(instanceId, type, shardSize, shards, replicas, status, billingMode, secondLevelBackup);
    }

    /** {@return this source with second-level backups} */
    public Source withSecondLevelBackup() {
        return new Source(instanceId, type, shardSize, shards, replicas, status, billingMode, true);
    }
}
