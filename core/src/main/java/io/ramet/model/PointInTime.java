package io.ramet.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A point in time to restore, for sources with second-level backup, with the values that a clone request needs for it.
 *
 * @param backupId the backup to name in the request
 * @param time the second that the API offers, which may differ from the one that was requested
 * @param earliest the earliest second that can be restored, or null if it is not known
 * @param gaps seconds that cannot be restored
 */
public record PointInTime(
        String backupId, Instant time, @Nullable Instant earliest, List<Gap> gaps) {

    /** Keeps its own copy. */
    public PointInTime {
        gaps = List.copyOf(gaps);
    }

    /**
     * Seconds that cannot be restored.
     *
     * @param from the first of them
     * @param to the last of them
     */
    public record Gap(Instant from, Instant to) {}

    /** {@return the gap in which the time lies; empty if it can be restored} */
    public Optional<Gap> gap() {
        return gaps.stream()
                .filter(gap -> !time.isBefore(gap.from()) && !time.isAfter(gap.to()))
                .findFirst();
    }
}
