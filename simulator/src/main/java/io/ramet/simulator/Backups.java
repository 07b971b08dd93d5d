package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The backups of the account, and the gaps in its second-level backups. */
final class Backups {

    private static final String USUAL_ID = "154572601-1165734322-153705740";
    private static final Duration USUAL_AGE = Duration.ofHours(6);

    private final Map<String, Backup> backups = new LinkedHashMap<>();
    private final List<Gap> gaps;

    Backups(SimulatorBuilder options) {
        options.backups.forEach(this::put);
        this.gaps = List.copyOf(options.gaps);
    }

    /** A time that cannot be restored. */
    record Gap(String instanceId, Instant from, Instant to) {}

    synchronized void put(Backup backup) {
        backups.put(backup.backupId(), backup);
    }

    synchronized List<Backup> all() {
        return List.copyOf(backups.values());
    }

    /** The backups of one instance. If none is configured at all, every instance has a plausible one. */
    List<Backup> of(String instanceId, Instant now) {
        List<Backup> all = new ArrayList<>(all());
        if (all.isEmpty()) {
            all.add(Backup.of(USUAL_ID, instanceId, now.minus(USUAL_AGE)));
        }
        return all.stream()
                .filter(backup -> backup.instanceId().equals(instanceId))
                .toList();
    }

    List<Gap> gaps(String instanceId) {
        return gaps.stream().filter(gap -> gap.instanceId().equals(instanceId)).toList();
    }
}
