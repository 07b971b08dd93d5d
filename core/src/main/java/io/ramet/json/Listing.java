package io.ramet.json;

import java.util.List;

/**
 * One page of DescribeInstances.
 *
 * @param total how many instances match in all
 * @param instances those on this page
 */
public record Listing(int total, List<Instance> instances) {

    /** Keeps its own copy. */
    public Listing {
        instances = List.copyOf(instances);
    }

    /**
     * An instance, as far as finding it needs.
     *
     * @param instanceId its id
     * @param instanceName its name
     */
    public record Instance(String instanceId, String instanceName) {}
}
