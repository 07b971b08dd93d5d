package io.ramet.cli;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.InvalidValueException;
import io.ramet.model.Backup;
import io.ramet.model.Placement;
import io.ramet.reactor.lookup.LookupClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A request file to fill in. Values that are not known are null, so that it cannot be bought by mistake. */
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
        HINTS.put("Password", "their password; if it is null, ramet asks at the terminal");
    }

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();
    private final List<String> notes = new ArrayList<>();

    /** All fields that most requests need. */
    Skeleton() {
        List.of("InstanceId", "BackupId").forEach(fields::putNull);
        fields.put("GoodsNum", 1).putNull("ZoneId");
        // Pay as you go, which costs least if it was a mistake. The period is for monthly clones.
        fields.put("BillingMode", 0).put("Period", 1);
        List.of("SecurityGroupIdList", "VpcId", "SubnetId", "InstanceName", "Password")
                .forEach(fields::putNull);
    }

    /**
     * Fills in the placement and the security groups of an instance, and its newest backup that can be cloned. A field
     * stays null if the credentials may not look it up.
     *
     * @return a skeleton; fails with {@link InvalidValueException} if the instance is not listed
     */
    static Mono<Skeleton> of(String source, LookupClient lookups) {
        return Mono.defer(() -> {
            Skeleton skeleton = new Skeleton();
            skeleton.fields.put("InstanceId", source);
            Mono<Placement> placement = lookups.placement(source)
                    .switchIfEmpty(Mono.error(
                            () -> new InvalidValueException("--from", source, "is not listed in this region")))
                    .doOnNext(skeleton::put);
            Mono<?> backup = lookups.latestBackup(source)
                    .map(Backup::backupId)
                    .switchIfEmpty(lookups.backups(source)
                            .count()
                            .flatMap(found -> skeleton.noted("BackupId: " + source + " has "
                                    + (found == 0
                                            ? "no backup"
                                            : Words.count(found, "backup")
                                                    + ", and none that can certainly be cloned"))))
                    .doOnNext(id -> skeleton.fields.put("BackupId", id));
            Mono<?> groups = lookups.securityGroups(source)
                    .collectList()
                    .filter(ids -> !ids.isEmpty())
                    .doOnNext(ids -> ids.forEach(skeleton.fields.putArray("SecurityGroupIdList")::add));
            return skeleton.ifPermitted("ZoneId, VpcId, SubnetId", placement)
                    .then(skeleton.ifPermitted("BackupId", backup))
                    .then(skeleton.ifPermitted("SecurityGroupIdList", groups))
                    .thenReturn(skeleton);
        });
    }

    private void put(Placement placement) {
        fields.put("ZoneId", placement.zoneId());
        fields.put("VpcId", placement.vpcId()).put("SubnetId", placement.subnetId());
        // Security groups belong to a project. The default one need not be named.
        if (placement.projectId() != null && placement.projectId() != 0) {
            fields.put("ProjectId", placement.projectId());
        }
    }

    /** Only a missing permission is noted; any other refusal is a failure. */
    private <T> Mono<T> ifPermitted(String names, Mono<T> lookUp) {
        return lookUp.onErrorResume(
                failure ->
                        failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.ACCESS,
                refusal -> noted("Not looked up: " + names + ": " + refusal.getMessage()));
    }

    private <T> Mono<T> noted(String note) {
        return Mono.fromRunnable(() -> notes.add(note));
    }

    String json() {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(fields);
    }

    /** {@return the reasons why fields could not be looked up, and a hint for each null} */
    List<String> hints(int columns) {
        List<String> hints = new ArrayList<>(notes);
        hints.add("Replace each null:");
        HINTS.forEach((name, hint) -> {
            if (fields.path(name).isNull()) {
                hints.add(Paragraph.of(columns, String.format(Locale.ROOT, "  %-20s", name), hint));
            }
        });
        return hints;
    }
}
