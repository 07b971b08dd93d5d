package io.ramet.simulator;

import io.ramet.simulator.CloneOrder.Tag;
import io.ramet.simulator.Inventory.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstances: lists the instances that were bought, and a source of clones if the request names its id. */
final class InstanceListing {

    /** Filters of the real action that are not simulated are unknown here, so that they are refused and not ignored. */
    private static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.UNSIGNED, "Limit", "Offset")
            .optional(JsonSchema.STRING, "InstanceId", "SearchKey", "InstanceName", "BillingMode", "OrderBy")
            .optional(JsonSchema.INTEGER, "OrderType")
            .optional(
                    JsonSchema.arrayOf(JsonSchema.STRING),
                    "InstanceIds",
                    "SearchKeys",
                    "TagKeys",
                    "UniqVpcIds",
                    "UniqSubnetIds")
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "Status", "ProjectIds")
            .optional(JsonSchema.arrayOf(Tag.SCHEMA), "InstanceTags");

    private final Inventory inventory;
    private final Duration initialisingFor;

    InstanceListing(Inventory inventory, Duration initialisingFor) {
        this.inventory = inventory;
        this.initialisingFor = initialisingFor;
    }

    ObjectNode respond(JsonNode parameters, Instant now) {
        SCHEMA.check("", parameters);
        long limit = Parameters.paging(parameters, "Limit", 1, 1000, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        List<Instance> found = inventory.visibleInstances(now).stream()
                .filter(filter(parameters, now))
                .sorted(order(parameters))
                .toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        String id = parameters.path("InstanceId").asString("");
        response.put("TotalCount", found.size());
        ArrayNode set = response.putArray("InstanceSet");
        if (found.isEmpty() && !id.isEmpty() && inventory.isSource(id)) {
            response.put("TotalCount", 1);
            set.addObject().put("InstanceId", id).put("InstanceName", id).put("Status", 2);
        }
        found.stream().skip(offset).limit(limit).forEach(instance -> write(instance, set.addObject(), now));
        return response;
    }

    private Predicate<Instance> filter(JsonNode parameters, Instant now) {
        Predicate<Instance> all = instance -> true;
        if (parameters.has("InstanceId")) {
            String id = parameters.get("InstanceId").stringValue();
            all = all.and(instance -> instance.id().equals(id));
        }
        if (parameters.has("SearchKey")) {
            all = all.and(named(parameters.get("SearchKey").stringValue()));
        }
        if (parameters.has("InstanceName")) {
            all = all.and(named(parameters.get("InstanceName").stringValue()));
        }
        if (parameters.has("BillingMode")) {
            int mode = billingMode(parameters.get("BillingMode").stringValue());
            all = all.and(instance -> instance.order().billingMode() == mode);
        }
        Set<String> keys = Parameters.strings(parameters, "SearchKeys");
        if (!keys.isEmpty()) {
            all = all.and(
                    instance -> keys.contains(instance.id()) || keys.stream().anyMatch(instance.name()::contains));
        }
        all = all.and(anyOf(Parameters.strings(parameters, "InstanceIds"), Instance::id))
                .and(anyOf(
                        Parameters.strings(parameters, "UniqVpcIds"),
                        instance -> instance.order().vpcId()))
                .and(anyOf(
                        Parameters.strings(parameters, "UniqSubnetIds"),
                        instance -> instance.order().subnetId()))
                .and(anyOf(
                        Parameters.integers(parameters, "ProjectIds"),
                        instance -> instance.order().projectId()))
                .and(anyOf(Parameters.integers(parameters, "Status"), instance -> (long) status(instance, now)));
        List<Tag> tags = Tag.listIn(parameters, "InstanceTags");
        Set<String> tagKeys = Parameters.strings(parameters, "TagKeys");
        return all.and(instance -> instance.order().tags().containsAll(tags))
                .and(instance -> instance.order().tags().stream()
                        .map(Tag::key)
                        .collect(Collectors.toSet())
                        .containsAll(tagKeys));
    }

    /** All name filters are fuzzy. */
    private static Predicate<Instance> named(String part) {
        return instance -> instance.name().contains(part);
    }

    private static <T> Predicate<Instance> anyOf(Set<T> wanted, Function<Instance, T> property) {
        return instance -> wanted.isEmpty() || wanted.contains(property.apply(instance));
    }

    private static int billingMode(String word) {
        return switch (word) {
            case "postpaid" -> CloneOrder.PAY_AS_YOU_GO;
            case "prepaid" -> CloneOrder.PREPAID;
            default -> throw new ApiError("InvalidParameter.InvalidParameter", "BillingMode is no such word: " + word);
        };
    }

    private static Comparator<Instance> order(JsonNode parameters) {
        boolean ascending = parameters.path("OrderType").asInt(1) == 0;
        String by = parameters.path("OrderBy").asString("createtime");
        Comparator<Instance> order = switch (by) {
            case "createtime" -> Comparator.comparing(Instance::createdAt);
            case "instancename" -> Comparator.comparing(Instance::name);
            case "projectId" ->
                Comparator.comparing((Instance instance) -> instance.order().projectId());
            default -> throw new ApiError("InvalidParameter.InvalidParameter", "OrderBy is no such word: " + by);
        };
        Comparator<Instance> total = order.thenComparing(Instance::id);
        return ascending ? total : total.reversed();
    }

    /** 0 awaiting initialisation, 1 in a workflow, 2 running. */
    private int status(Instance instance, Instant now) {
        Duration age = Duration.between(instance.createdAt(), now);
        if (age.compareTo(initialisingFor) >= 0) {
            return 2;
        }
        return age.multipliedBy(2).compareTo(initialisingFor) >= 0 ? 1 : 0;
    }

    private void write(Instance instance, ObjectNode node, Instant now) {
        CloneOrder order = instance.order();
        node.put("InstanceId", instance.id())
                .put("InstanceName", instance.name())
                .put("Status", status(instance, now))
                .put("Createtime", Envelope.time(instance.createdAt()))
                .put("BillingMode", order.billingMode())
                .put("AutoRenewFlag", order.autoRenew() == 1 ? 1 : 0)
                .put("ZoneId", order.zoneId())
                .put("RegionId", 1)
                .put("ProjectId", order.projectId())
                .put("Size", 1024.0)
                .put("Type", 16)
                .put("RedisShardSize", 1024)
                .put("RedisShardNum", 1)
                .put("RedisReplicasNum", 1)
                .put("Port", order.port())
                .put("NoAuth", order.noAuth())
                .put("UniqVpcId", order.vpcId())
                .put("UniqSubnetId", order.subnetId())
                .put("Engine", "Redis")
                .put("ProductType", "cluster");
        ArrayNode tags = node.putArray("InstanceTags");
        order.tags().forEach(tag -> tag.writeTo(tags));
    }
}
