package io.ramet.reactor.call;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look for a chunk has shown.
 *
 * @param instanceIds the instances that bear its name
 * @param at the server's time when the looking began, or null if the server did not say
 */
public record Sighting(List<String> instanceIds, @Nullable Instant at) {

    /** Keeps its own copy. */
    public Sighting {
        instanceIds = List.copyOf(instanceIds);
    }
}
