package io.ramet.simulator;

import java.time.Instant;
import java.util.List;

/** What one executed call has bought. */
record BoughtDeal(String id, String name, CloneOrder order, List<Instance> instances, Instant at) {

    List<String> instanceIds() {
        return instances.stream().map(Instance::id).toList();
    }
}
