package io.ramet.reactor.call;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every instance that bears a mark of one plan, from one complete listing.
 *
 * @param byChunk the ids of the instances by the index of their chunk, each id once; an index may lie beyond the plan's
 *     last chunk if an earlier request with the same plan id was larger
 * @param unplaced the ids of instances whose name contains the plan's mark root but is not the name of a chunk, for
 *     example because the instance was renamed
 */
public record PlanListing(Map<Integer, List<String>> byChunk, List<String> unplaced) {

    /** Copies the collections. */
    public PlanListing {
        byChunk = Map.copyOf(byChunk);
        unplaced = List.copyOf(unplaced);
    }

    /** {@return whether the server shows no instance of the plan} */
    public boolean isEmpty() {
        return byChunk.isEmpty() && unplaced.isEmpty();
    }

    /** {@return the ids of all listed instances} */
    public List<String> instanceIds() {
        return Stream.concat(byChunk.values().stream().flatMap(List::stream), unplaced.stream())
                .toList();
    }
}
