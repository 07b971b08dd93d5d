package io.ramet.simulator;

import java.util.Set;

/** The instances that can be cloned; when none is named, every id of the right form. */
record Sources(Set<String> ids) {

    boolean has(String id) {
        return ids.isEmpty() ? id.startsWith("crs-") : ids.contains(id);
    }

    void check(String id) {
        if (!has(id)) {
            throw new Refusal("ResourceNotFound.InstanceNotExists", "No instance has the id " + id);
        }
    }
}
