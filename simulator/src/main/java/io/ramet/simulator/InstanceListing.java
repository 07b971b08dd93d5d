package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstances: lists the instances that were bought, and each source of clones that the request names by id. */
final class InstanceListing implements Handler {

    private static final Duration MONTH = Duration.ofDays(30);

    private final Inventory inventory;

    InstanceListing(Inventory inventory) {
        this.inventory = inventory;
    }

    @Override
    public ObjectNode respond(Exchange exchange) {
        JsonNode parameters = exchange.parameters(InstanceFilter.SCHEMA);
        long limit = Parameters.paging(parameters, "Limit", 1, 1000, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        List<Instance> found = candidates(exchange)
                .filter(InstanceFilter.of(parameters, exchange.now()))
                .sorted(order(parameters))
                .toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.put("TotalCount", found.size());
        ArrayNode set = response.putArray("InstanceSet");
        found.stream().skip(offset).limit(limit).forEach(instance -> write(instance, set.addObject(), exchange.now()));
        return response;
    }

    private Stream<Instance> candidates(Exchange exchange) {
        Stream<Instance> sources = Stream.concat(
                Parameters.strings(exchange.parameters(), "InstanceId").stream()
                        .flatMap(id -> inventory.source(id, exchange.region()).stream()),
                Parameters.strings(exchange.parameters(), "InstanceIds").stream()
                        .filter(inventory::isKnownSource)
                        .flatMap(id -> inventory.source(id, exchange.region()).stream()));
        return Stream.concat(
                inventory.visibleInstances(exchange.region(), exchange.now()).stream(),
                sources.filter(source -> source.isVisible(exchange.now())).distinct());
    }

    private static Comparator<Instance> order(JsonNode parameters) {
        boolean ascending = Parameters.integers(parameters, "OrderType", 0, 1).contains(0L);
        String by = parameters.path("OrderBy").asString("createtime");
        Comparator<Instance> order = switch (by) {
            case "createtime" -> Comparator.comparing(Instance::createdAt);
            case "instancename" -> Comparator.comparing(Instance::name);
            case "projectId" ->
                Comparator.comparing((Instance instance) -> instance.order().projectId());
            case "type" ->
                Comparator.comparing(
                        (Instance instance) -> instance.specification().type());
            case "curDeadline" -> Comparator.comparing(InstanceListing::deadline);
            default -> throw Parameters.invalid("OrderBy", "is no such word: " + by);
        };
        Comparator<Instance> total = order.thenComparing(Instance::id);
        return ascending ? total : total.reversed();
    }

    private static Instant deadline(Instance instance) {
        CloneOrder order = instance.order();
        return order.billingMode() == CloneOrder.PREPAID
                ? instance.createdAt().plus(MONTH.multipliedBy(order.period()))
                : Instant.MAX;
    }

    private static void write(Instance instance, ObjectNode node, Instant now) {
        CloneOrder order = instance.order();
        boolean isolated = instance.isIsolated(now);
        node.put("InstanceId", instance.id())
                .put("InstanceName", instance.name())
                .put("Createtime", Envelope.time(instance.createdAt()))
                .put("DeadlineTime", Envelope.time(deadline(instance)))
                .put("CloseTime", Envelope.time(isolated ? instance.change().since() : Instant.MAX))
                .put("OfflineTime", Envelope.time(isolated ? instance.change().offlineAt() : Instant.MAX))
                .put("BillingMode", order.billingMode())
                .put("AutoRenewFlag", order.autoRenew() == 1 ? 1 : 0)
                .put("ZoneId", order.zoneId())
                .put("RegionId", 1)
                .put("Region", instance.region())
                .put("ProjectId", order.projectId())
                .put("Port", order.port())
                .put("NoAuth", order.noAuth())
                .put("UniqVpcId", order.vpcId())
                .put("UniqSubnetId", order.subnetId())
                .put("DeleteProtectionSwitch", 0)
                .put("SlaveReadWeight", 0);
        writeState(instance, node, now);
        writeSpecification(instance.specification(), instance.type(), node);
        ArrayNode tags = node.putArray("InstanceTags");
        order.tags().forEach(tag -> tag.writeTo(tags));
    }

    /** The address is known as soon as the creation has ended successfully. */
    private static void writeState(Instance instance, ObjectNode node, Instant now) {
        int status = instance.status(now);
        boolean creating = status == Instance.QUEUED || (status == Instance.IN_WORKFLOW && !instance.wasCreated(now));
        node.put("Status", status)
                .put("SubStatus", creating ? 37 : 0)
                .put("InstanceTitle", creating ? "添加实例中" : title(status))
                .put("WanIp", creating ? "" : instance.address());
    }

    private static String title(int status) {
        return switch (status) {
            case Instance.RUNNING -> "运行中";
            case Instance.ISOLATED -> "已隔离";
            case Instance.AWAITING_DELETION -> "待删除";
            default -> "流程中";
        };
    }

    private static void writeSpecification(Source specification, ProductType type, ObjectNode node) {
        node.put("Type", specification.type())
                .put("Size", (double) specification.shardSize() * specification.shards())
                .put("RedisShardSize", specification.shardSize())
                .put("RedisShardNum", specification.shards())
                .put("RedisReplicasNum", specification.replicas())
                .put("Engine", type.engine())
                .put("CurrentRedisVersion", type.version())
                .put("ProductType", type.cluster() ? "cluster" : "standalone")
                .put("ProductVersion", "local")
                .put("BackupMode", specification.secondLevelBackup() ? "SecondLevelBackup" : "NormalLevelBackup");
    }
}
