package io.ramet.simulator;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The availability zones in which instances are sold. */
final class Zones {

    /** Some of the real zones, by region. */
    static final Map<String, List<Long>> ALL = new TreeMap<>(Map.of(
            "ap-guangzhou", List.of(100002L, 100003L, 100004L, 100006L, 100007L),
            "ap-shanghai", List.of(200002L, 200004L, 200005L),
            "ap-beijing", List.of(800003L, 800005L, 800006L),
            "ap-hongkong", List.of(300002L),
            "ap-singapore", List.of(900001L, 900003L)));

    private Zones() {}

    /** The name of a zone, such as ap-guangzhou-3 for 100003. */
    static String name(String region, long zoneId) {
        return region + "-" + zoneId % 1000;
    }

    static boolean exists(long zoneId) {
        return ALL.values().stream().anyMatch(zones -> zones.contains(zoneId));
    }

    static boolean exists(String name) {
        return ALL.entrySet().stream()
                .anyMatch(region -> region.getValue().stream()
                        .anyMatch(zoneId -> name(region.getKey(), zoneId).equals(name)));
    }
}
