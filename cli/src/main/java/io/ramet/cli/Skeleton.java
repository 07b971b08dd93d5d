package io.ramet.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A request file to fill in. Values that only its author knows are null, so that it cannot be bought by mistake. */
final class Skeleton {

    private static final Map<String, String> HINTS = new LinkedHashMap<>();

    static {
        HINTS.put("InstanceId", "the source instance, such as crs-xjhsdj12");
        HINTS.put("BackupId", "its backup, from ramet backups; \"latest\" is the newest one");
        HINTS.put("ZoneId", "the number of the zone of the clones, such as 100003");
        HINTS.put("SecurityGroupIdList", "their security groups, such as [\"sg-bmadczm1\"]");
        HINTS.put("VpcId", "their VPC, together with SubnetId; null is the classic network");
        HINTS.put("SubnetId", "the subnet in that VPC");
        HINTS.put("InstanceName", "the beginning of their names; optional");
        HINTS.put("Password", "their password; if it is null, a terminal is asked");
    }

    private Skeleton() {}

    /** {@return all fields that most requests need, filled as far as they are known} */
    static String json(@Nullable String instanceId, @Nullable String backupId) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("InstanceId", instanceId).put("BackupId", backupId).put("GoodsNum", 1);
        fields.putNull("ZoneId");
        // Pay as you go, which costs least if it was a mistake. The period is for monthly clones.
        fields.put("BillingMode", 0).put("Period", 1);
        List.of("SecurityGroupIdList", "VpcId", "SubnetId", "InstanceName", "Password")
                .forEach(fields::putNull);
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(fields);
    }

    /** {@return a hint for each null} */
    static List<String> hints(@Nullable String instanceId) {
        return HINTS.entrySet().stream()
                .skip(instanceId == null ? 0 : 2)
                .map(hint -> Paragraph.of(String.format(Locale.ROOT, "  %-20s", hint.getKey()), hint.getValue()))
                .toList();
    }
}
