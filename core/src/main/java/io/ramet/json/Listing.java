package io.ramet.json;

import java.util.List;

/**
 * One page of DescribeInstances.
 *
 * @param total the number of instances that match in all
 * @param instances the instances on this page
 */
public record Listing(int total, List<Instance> instances) {

    /** Keeps its own copy. */
    public Listing {
        instances = List.copyOf(instances);
    }

    /**
     * An instance, reduced to the fields by which it is found.
     *
     * @param instanceId its id
     * @param instanceName its name
     */
    public record Instance(String instanceId, String instanceName) {}
}
