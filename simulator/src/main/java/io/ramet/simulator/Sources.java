package io.ramet.simulator;

import java.util.Set;

/** The instances that can be cloned; when none is named, every id of the right form. */
record Sources(Set<String> ids) {

    void check(String id) {
        boolean known = ids.isEmpty() ? id.startsWith("crs-") : ids.contains(id);
        if (!known) {
            throw new Refusal("ResourceNotFound.InstanceNotExists", "No instance has the id " + id);
        }
    }
}
