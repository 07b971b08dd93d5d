package io.ramet.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The deal in a response of CloneInstances.
 *
 * @param dealId the order's DealId, or null: the API is about to retire it
 * @param dealName the order's DealName, the newer form of DealId, or null
 * @param instanceIds the clones, such as {@code crs-kic3abcd}, each once
 * @param requestId the RequestId of the response, or null if the deal was found by a look-up
 */
public record Deal(
        @Nullable String dealId,
        @Nullable String dealName,
        List<String> instanceIds,
        @Nullable String requestId) {

    /** Keeps its own copy of the ids, without repetitions, because instances are counted by their ids. */
    public Deal {
        instanceIds = areDistinct(instanceIds)
                ? List.copyOf(instanceIds)
                : instanceIds.stream().distinct().toList();
    }

    /** Set.of rejects a repetition, and takes two thirds of the time of a HashSet. */
    private static boolean areDistinct(List<String> ids) {
        try {
            return Set.of(ids.toArray()).size() == ids.size();
        } catch (IllegalArgumentException repetition) {
            return false;
        }
    }

    /** {@return the DealName, else the DealId; empty if neither is known} */
    public Optional<String> name() {
        return Optional.ofNullable(dealName != null ? dealName : dealId);
    }

    /**
     * The same deal with other instances.
     *
     * @param ids all instances of the deal
     * @return the deal with these instances
     */
    public Deal withInstanceIds(List<String> ids) {
        return new Deal(dealId, dealName, ids, requestId);
    }
}
