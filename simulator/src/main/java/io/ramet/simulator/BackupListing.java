package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstanceBackups: one plausible backup for each source. */
final class BackupListing {

    private static final String BACKUP_ID = "154572601-1165734322-153705740";

    private static final Shape SHAPE = Shape.object()
            .optional(Shape.UNSIGNED, "Limit", "Offset")
            .optional(Shape.STRING, "InstanceId", "BeginTime", "EndTime", "InstanceName")
            .optional(Shape.arrayOf(Shape.INTEGER), "Status");

    private final Sources sources;

    BackupListing(Sources sources) {
        this.sources = sources;
    }

    ObjectNode answer(JsonNode parameters, Instant now) {
        SHAPE.check("", parameters);
        Parameters.paging(parameters, "Limit", 1, 100, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
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
                .put("StartTime", WireTime.text(start))
                .put("EndTime", WireTime.text(start.plusSeconds(90)))
                .put("ExpireTime", WireTime.text(start.plus(Duration.ofDays(7))))
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
