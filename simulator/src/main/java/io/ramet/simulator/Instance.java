package io.ramet.simulator;

import java.time.Instant;

/** An instance that was bought. */
record Instance(String id, CloneOrder order, Instant createdAt, Instant visibleAt) {

    String name() {
        return order.instanceName();
    }

    boolean visible(Instant now) {
        return !now.isBefore(visibleAt);
    }
}
