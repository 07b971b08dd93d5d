package io.ramet.simulator;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * DescribeProjectSecurityGroups and DescribeInstanceSecurityGroup. If no group is configured, every group that a
 * request names exists.
 */
final class SecurityGroups {

    static final String USUAL = "sg-bmadczm1";

    private static final JsonSchema PROJECT = JsonSchema.object()
            .required(JsonSchema.STRING, "Product")
            .optional(JsonSchema.UNSIGNED, "Offset", "Limit")
            .optional(JsonSchema.INTEGER, "ProjectId")
            .optional(JsonSchema.STRING, "SearchKey");

    private static final JsonSchema INSTANCE =
            JsonSchema.object().required(JsonSchema.arrayOf(JsonSchema.STRING), "InstanceIds");

    private final Set<String> known;
    private final Inventory inventory;

    SecurityGroups(SimulatorBuilder options, Inventory inventory) {
        this.known = Set.copyOf(options.securityGroups);
        this.inventory = inventory;
    }

    void check(CloneOrder order) {
        if (!known.isEmpty() && !known.containsAll(order.securityGroups())) {
            throw new ApiError(
                    "InvalidParameterValue.SecurityGroupIdsNotExists", "Not all exist: " + order.securityGroups());
        }
    }

    ObjectNode ofProject(Exchange exchange) {
        JsonNode parameters = exchange.parameters(PROJECT);
        if (!parameters.get("Product").stringValue().equals("redis")) {
            throw Parameters.invalid("Product", "is not redis");
        }
        long limit = Parameters.paging(parameters, "Limit", 1, 100, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        String key = parameters.path("SearchKey").asString("");
        Stream<String> groups = known.isEmpty()
                ? Stream.of(key.startsWith("sg-") ? key : USUAL)
                : known.stream().sorted();
        List<String> found = groups.filter(id -> id.contains(key)).toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("Total", found.size());
        ArrayNode set = response.putArray("Groups");
        found.stream().skip(offset).limit(limit).forEach(id -> {
            ObjectNode group = write(id, parameters.path("ProjectId").asLong(0), set.addObject());
            group.putArray("Inbound");
            group.putArray("Outbound");
        });
        return response;
    }

    private static ObjectNode write(String id, long projectId, ObjectNode node) {
        return node.put("SecurityGroupId", id)
                .put("SecurityGroupName", id)
                .put("SecurityGroupRemark", "")
                .put("ProjectId", projectId)
                .put("CreateTime", "2025-01-01 00:00:00");
    }

    ObjectNode ofInstances(Exchange exchange) {
        JsonNode parameters = exchange.parameters(INSTANCE);
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        ArrayNode details = response.putArray("InstanceSecurityGroupsDetail");
        parameters.get("InstanceIds").valueStream().map(JsonNode::stringValue).forEach(id -> {
            Instance instance = inventory.get(id, exchange.region(), exchange.now());
            ArrayNode groups = details.addObject().put("InstanceId", id).putArray("SecurityGroupDetails");
            instance.order().securityGroups().forEach(group -> {
                ObjectNode detail = write(group, instance.order().projectId(), groups.addObject());
                detail.putArray("InboundRule");
                detail.putArray("OutboundRule");
            });
        });
        return response;
    }
}
