package io.ramet.model;

import java.time.LocalDateTime;

/** Requests that are valid as they stand, to be changed in the one place that a test is about. */
public final class Fixtures {

    public static final String PASSWORD = "Never-Print-Me-7";

    private Fixtures() {}

    /** Only what is required. */
    public static CloneRequestBuilder minimal() {
        return CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(250)
                .zoneId(100003)
                .payAsYouGo()
                .securityGroups("sg-bmadczm1")
                .password(Secret.of(PASSWORD));
    }

    /** Every field set, to something else than its default. */
    public static CloneRequestBuilder full() {
        return minimal()
                .monthly(24)
                .securityGroups("sg-bmadczm1", "sg-bmadczm2")
                .encryptPassword(true)
                .passwordPolicy(new PasswordPolicy(true, 2, 3, 4, 12))
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .instanceName("shop_cache")
                .vPort(6380)
                .autoRenew(AutoRenew.NEVER)
                .nodes(RedisNode.master(100003), new RedisNode(RedisNode.Role.REPLICA, 5, 100004, "ap-guangzhou-4"))
                .projectId(7)
                .tag("team", "shop")
                .tag("empty", "")
                .templateId("crs-cfg-abcd1234")
                .alarmPolicies("policy-abcd1234")
                .cloneTime(LocalDateTime.of(2026, 3, 4, 5, 6, 7))
                .enableSsl(true)
                .sslBindPrivateIpv4(true)
                .productVersion("localv2");
    }
}
