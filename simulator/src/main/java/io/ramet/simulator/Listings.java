package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The answers of the Describe actions. */
final class Listings {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.ofHours(8));
    private static final String BACKUP_ID = "154572601-1165734322-153705740";

    /** Filters of the real action that are not simulated are unknown here: better refused than ignored. */
    private static final Shape INSTANCES_SHAPE = Shape.object()
            .optional(Shape.UNSIGNED, "Limit", "Offset")
            .optional(Shape.STRING, "InstanceId", "SearchKey", "InstanceName", "BillingMode", "OrderBy")
            .optional(Shape.INTEGER, "OrderType")
            .optional(
                    Shape.arrayOf(Shape.STRING), "InstanceIds", "SearchKeys", "TagKeys", "UniqVpcIds", "UniqSubnetIds")
            .optional(Shape.arrayOf(Shape.INTEGER), "Status", "ProjectIds")
            .optional(Shape.arrayOf(Tag.SHAPE), "InstanceTags");

    private static final Shape DEALS_SHAPE =
            Shape.object().optional(Shape.arrayOf(Shape.STRING), "DealIds").optional(Shape.STRING, "DealName");

    private static final Shape BACKUPS_SHAPE = Shape.object()
            .optional(Shape.UNSIGNED, "Limit", "Offset")
            .optional(Shape.STRING, "InstanceId", "BeginTime", "EndTime", "InstanceName")
            .optional(Shape.arrayOf(Shape.INTEGER), "Status");

    private final Estate estate;
    private final Duration initialisingFor;

    Listings(Estate estate, Duration initialisingFor) {
        this.estate = estate;
        this.initialisingFor = initialisingFor;
    }

    ObjectNode instances(JsonNode parameters, Instant now) {
        INSTANCES_SHAPE.check("", parameters);
        long limit = paging(parameters, "Limit", 1, 1000, 20);
        long offset = paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        List<Instance> found = estate.visibleInstances(now).stream()
                .filter(filter(parameters, now))
                .sorted(order(parameters))
                .toList();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("TotalCount", found.size());
        ArrayNode set = answer.putArray("InstanceSet");
        found.stream().skip(offset).limit(limit).forEach(instance -> write(instance, set.addObject(), now));
        return answer;
    }

    private static long paging(JsonNode parameters, String name, long least, long greatest, long otherwise) {
        long value = parameters.path(name).asLong(otherwise);
        if (value < least || value > greatest) {
            throw new Refusal(
                    "InvalidParameter.InvalidParameter",
                    name + " is not within " + least + " to " + greatest + ": " + value);
        }
        return value;
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
        Set<String> keys = strings(parameters, "SearchKeys");
        if (!keys.isEmpty()) {
            all = all.and(
                    instance -> keys.contains(instance.id()) || keys.stream().anyMatch(instance.name()::contains));
        }
        all = all.and(anyOf(strings(parameters, "InstanceIds"), Instance::id))
                .and(anyOf(
                        strings(parameters, "UniqVpcIds"),
                        instance -> instance.order().vpcId()))
                .and(anyOf(
                        strings(parameters, "UniqSubnetIds"),
                        instance -> instance.order().subnetId()))
                .and(anyOf(
                        integers(parameters, "ProjectIds"),
                        instance -> instance.order().projectId()))
                .and(anyOf(integers(parameters, "Status"), instance -> (long) status(instance, now)));
        List<Tag> tags = Tag.listIn(parameters, "InstanceTags");
        Set<String> tagKeys = strings(parameters, "TagKeys");
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

    private static <T> Predicate<Instance> anyOf(Set<T> wanted, java.util.function.Function<Instance, T> property) {
        return instance -> wanted.isEmpty() || wanted.contains(property.apply(instance));
    }

    private static Set<String> strings(JsonNode parameters, String name) {
        return parameters
                .path(name)
                .valueStream()
                .map(JsonNode::stringValue)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Set<Long> integers(JsonNode parameters, String name) {
        return parameters
                .path(name)
                .valueStream()
                .map(JsonNode::longValue)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static int billingMode(String word) {
        return switch (word) {
            case "postpaid" -> CloneOrder.PAY_AS_YOU_GO;
            case "prepaid" -> CloneOrder.PREPAID;
            default -> throw new Refusal("InvalidParameter.InvalidParameter", "BillingMode is no such word: " + word);
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
            default -> throw new Refusal("InvalidParameter.InvalidParameter", "OrderBy is no such word: " + by);
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
                .put("Createtime", TIME.format(instance.createdAt()))
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

    ObjectNode deals(JsonNode parameters) {
        DEALS_SHAPE.check("", parameters);
        Set<String> ids = strings(parameters, "DealIds");
        if (ids.size() > 10) {
            throw new Refusal("InvalidParameterValue", "DealIds has more than 10 elements: " + ids.size());
        }
        String name = parameters.path("DealName").asString("");
        if (ids.isEmpty() && name.isEmpty()) {
            throw new Refusal("MissingParameter", "The request is missing the parameter `DealIds`.");
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode details = answer.putArray("DealDetails");
        estate.deals().stream()
                .filter(deal -> ids.contains(deal.id()) || deal.name().equals(name))
                .forEach(deal -> write(deal, details.addObject()));
        return answer;
    }

    private void write(BoughtDeal deal, ObjectNode node) {
        node.put("DealId", deal.id())
                .put("DealName", deal.name())
                .put("ZoneId", deal.order().zoneId())
                .put("GoodsNum", deal.order().goodsNum())
                .put("Creater", "100000000001")
                .put("CreatTime", TIME.format(deal.at()))
                .put("OverdueTime", TIME.format(deal.at().plus(Duration.ofDays(15))))
                .put("EndTime", TIME.format(deal.at()))
                .put("Status", 4)
                .put("Description", "delivered")
                .put("Price", 0);
        ArrayNode ids = node.putArray("InstanceIds");
        deal.instanceIds().forEach(ids::add);
    }

    ObjectNode backups(JsonNode parameters, Sources sources, Instant now) {
        BACKUPS_SHAPE.check("", parameters);
        paging(parameters, "Limit", 1, 100, 20);
        long offset = paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        String source = parameters.path("InstanceId").asString("");
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("TotalCount", source.isEmpty() ? 0 : 1);
        ArrayNode set = answer.putArray("BackupSet");
        if (!source.isEmpty()) {
            sources.check(source);
            if (offset == 0) {
                writeBackup(source, set.addObject(), now);
            }
        }
        return answer;
    }

    private static void writeBackup(String source, ObjectNode node, Instant now) {
        Instant start = now.minus(Duration.ofHours(6));
        node.put("BackupId", BACKUP_ID)
                .put("InstanceId", source)
                .put("InstanceName", source)
                .put("StartTime", TIME.format(start))
                .put("EndTime", TIME.format(start.plusSeconds(90)))
                .put("ExpireTime", TIME.format(start.plus(Duration.ofDays(7))))
                .put("BackupType", "1")
                .put("Status", 2)
                .put("Locked", 0)
                .put("Remark", "")
                .put("FileType", "RDB-Redis 6.2")
                .put("BackupSize", 1024)
                .put("FullBackup", 0)
                .put("InstanceType", 16);
    }
}
