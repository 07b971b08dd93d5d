package io.ramet.simulator;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Parameters that the Describe actions have in common. */
final class Parameters {

    private Parameters() {}

    static long paging(JsonNode parameters, String name, long least, long greatest, long otherwise) {
        long value = parameters.path(name).asLong(otherwise);
        if (value < least || value > greatest) {
            throw new ApiError(
                    "InvalidParameter.InvalidParameter",
                    name + " is not within " + least + " to " + greatest + ": " + value);
        }
        return value;
    }

    static Set<String> strings(JsonNode parameters, String name) {
        return parameters
                .path(name)
                .valueStream()
                .map(JsonNode::stringValue)
                .collect(Collectors.toCollection(HashSet::new));
    }

    static Set<Long> integers(JsonNode parameters, String name) {
        return parameters
                .path(name)
                .valueStream()
                .map(JsonNode::longValue)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
