package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstanceBackups, DescribeBackupDetail and DescribeSecondLevelBackupInfo. */
final class BackupListing {

    private static final Duration SECOND_LEVEL_KEPT = Duration.ofDays(7);

    private static final JsonSchema LIST = JsonSchema.object()
            .optional(JsonSchema.UNSIGNED, "Limit", "Offset")
            .optional(JsonSchema.STRING, "InstanceId", "BeginTime", "EndTime", "InstanceName")
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "Status");

    private static final JsonSchema DETAIL = JsonSchema.object().required(JsonSchema.STRING, "InstanceId", "BackupId");

    private static final JsonSchema SECOND_LEVEL = JsonSchema.object()
            .required(JsonSchema.STRING, "InstanceId")
            .required(JsonSchema.INTEGER, "BackupTimestamp");

    private final Inventory inventory;
    private final Backups backups;

    BackupListing(Inventory inventory, Backups backups) {
        this.inventory = inventory;
        this.backups = backups;
    }

    ObjectNode list(Exchange exchange) {
        JsonNode parameters = exchange.parameters(LIST);
        Instant now = exchange.now();
        long limit = Parameters.paging(parameters, "Limit", 1, 100, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        List<Backup> found = candidates(exchange).stream()
                .filter(filter(parameters, now))
                .sorted(Comparator.comparing(Backup::startedAt).reversed())
                .toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("TotalCount", found.size());
        ArrayNode set = response.putArray("BackupSet");
        found.stream().skip(offset).limit(limit).forEach(backup -> {
            Instance instance = inventory.get(backup.instanceId(), exchange.region(), now);
            ObjectNode node = set.addObject()
                    .put("InstanceId", instance.id())
                    .put("InstanceName", instance.name())
                    .put("Region", exchange.region())
                    .put("ExpireTime", Envelope.time(backup.expiresAt()))
                    .put(
                            "FileType",
                            "RDB-" + instance.type().engine() + " "
                                    + instance.type().version())
                    .put("FullBackup", 0);
            write(backup, instance, node, now);
        });
        return response;
    }

    private List<Backup> candidates(Exchange exchange) {
        String id = exchange.parameters().path("InstanceId").asString("");
        return id.isEmpty()
                ? backups.all()
                : backups.of(
                        inventory.get(id, exchange.region(), exchange.now()).id(), exchange.now());
    }

    /** The name of a source is its id, so a name is compared with the id. */
    private static Predicate<Backup> filter(JsonNode parameters, Instant now) {
        Set<Long> statuses = Parameters.integers(parameters, "Status", -2, -1, 1, 2, 3, 4);
        String name = parameters.path("InstanceName").asString("");
        Predicate<Instant> span = TimeSpan.of(parameters);
        return backup -> (statuses.isEmpty() || statuses.contains((long) backup.status(now)))
                && backup.instanceId().contains(name)
                && span.test(backup.startedAt());
    }

    private static void write(Backup backup, Instance instance, ObjectNode node, Instant now) {
        node.put("BackupId", backup.backupId())
                .put("StartTime", Envelope.time(backup.startedAt()))
                .put("EndTime", Envelope.time(backup.endedAt()))
                .put("BackupType", backup.automatic() ? "1" : "0")
                .put("Status", backup.status(now))
                .put("Locked", backup.locked() ? 1 : 0)
                .put("Remark", backup.remark())
                .put("BackupSize", backup.size())
                .put("InstanceType", instance.type().id());
    }

    ObjectNode detail(Exchange exchange) {
        JsonNode parameters = exchange.parameters(DETAIL);
        Instant now = exchange.now();
        Instance instance = inventory.get(Parameters.notBlank(parameters, "InstanceId"), exchange.region(), now);
        String id = Parameters.notBlank(parameters, "BackupId");
        Backup backup = backups.of(instance.id(), now).stream()
                .filter(each -> each.backupId().equals(id))
                .findFirst()
                .orElseThrow(() -> new ApiError("InvalidParameterValue.BackupNotExists", "No backup has the id " + id));
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        write(backup, instance, response, now);
        return response.put("MemSize", instance.specification().shardSize())
                .put("ShardNum", instance.specification().shards())
                .put("ReplicasNum", instance.specification().replicas());
    }

    /** For a time within a gap, the response contains the last second before the gap. */
    ObjectNode secondLevel(Exchange exchange) {
        JsonNode parameters = exchange.parameters(SECOND_LEVEL);
        Instant now = exchange.now();
        Instance instance = inventory.get(Parameters.notBlank(parameters, "InstanceId"), exchange.region(), now);
        if (!instance.specification().secondLevelBackup()) {
            throw new ApiError("FailedOperation.UnSupportError", "The instance has no second-level backup.");
        }
        Instant wanted = Instant.ofEpochSecond(parameters.get("BackupTimestamp").longValue());
        if (wanted.isAfter(now) || wanted.isBefore(now.minus(SECOND_LEVEL_KEPT))) {
            throw new ApiError("InvalidParameter.NotSupported", "BackupTimestamp is not within the last 7 days.");
        }
        List<Backups.Gap> gaps = backups.gaps(instance.id());
        Instant offered = gaps.stream()
                .filter(gap -> !wanted.isBefore(gap.from()) && wanted.isBefore(gap.to()))
                .map(gap -> gap.from().minusSeconds(1))
                .findFirst()
                .orElse(wanted);
        ObjectNode response = JsonNodeFactory.instance
                .objectNode()
                .put("BackupId", "second-level-" + offered.getEpochSecond())
                .put("BackupTimestamp", offered.getEpochSecond())
                .put("StartTimestamp", now.minus(SECOND_LEVEL_KEPT).getEpochSecond());
        ArrayNode missing = response.putArray("MissingTimestamps");
        gaps.forEach(gap -> missing.addObject()
                .put("StartTimeStamp", gap.from().getEpochSecond())
                .put("EndTimeStamp", gap.to().getEpochSecond()));
        return response;
    }
}
