package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstanceBackups: one plausible backup for each source. */
final class BackupListing implements Handler {

    private static final String BACKUP_ID = "154572601-1165734322-153705740";

    private static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.UNSIGNED, "Limit", "Offset")
            .optional(JsonSchema.STRING, "InstanceId", "BeginTime", "EndTime", "InstanceName")
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "Status");

    private final Inventory inventory;

    BackupListing(Inventory inventory) {
        this.inventory = inventory;
    }

    @Override
    public ObjectNode respond(Exchange exchange) {
        JsonNode parameters = exchange.parameters();
        SCHEMA.check("", parameters);
        Parameters.paging(parameters, "Limit", 1, 100, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        String source = parameters.path("InstanceId").asString("");
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.put("TotalCount", source.isEmpty() ? 0 : 1);
        ArrayNode set = response.putArray("BackupSet");
        if (!source.isEmpty()) {
            inventory.get(source, exchange.region(), exchange.now());
            if (offset == 0) {
                writeBackup(source, set.addObject(), exchange.now());
            }
        }
        return response;
    }

    private static void writeBackup(String source, ObjectNode node, Instant now) {
        Instant start = now.minus(Duration.ofHours(6));
        node.put("BackupId", BACKUP_ID)
                .put("InstanceId", source)
                .put("InstanceName", source)
                .put("StartTime", Envelope.time(start))
                .put("EndTime", Envelope.time(start.plusSeconds(90)))
                .put("ExpireTime", Envelope.time(start.plus(Duration.ofDays(7))))
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
