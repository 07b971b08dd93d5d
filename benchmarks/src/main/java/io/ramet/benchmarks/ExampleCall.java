package io.ramet.benchmarks;

import io.ramet.json.CloneJson;
import io.ramet.model.AutoRenew;
import io.ramet.model.CloneRequest;
import io.ramet.model.RedisNode;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.sign.Credentials;

/** The one call that is measured: a request with every field of the API page's example, in the sizes of real ids. */
final class ExampleCall {

    static final String HOST = "redis.tencentcloudapi.com";
    static final String ACTION = "CloneInstances";
    static final String REGION = "ap-guangzhou";
    static final long TIMESTAMP = 1_795_500_000L;
    static final Credentials CREDENTIALS =
            Credentials.of("AKID-of-the-benchmark-0123456789abcd", "key-of-the-benchmark-0123456789a");

    private ExampleCall() {}

    static ClonePlan plan() {
        return ClonePlan.of(PlanId.of("benchmark"), request());
    }

    static byte[] body() {
        ClonePlan plan = plan();
        return CloneJson.lenient().bodies(plan).of(plan.iterator().next());
    }

    private static CloneRequest request() {
        return CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(250)
                .monthly(1)
                .autoRenew(AutoRenew.AUTOMATIC)
                .zoneId(100_003)
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .securityGroups("sg-bmadczm1")
                .instanceName("copy")
                .password(Secret.of("Clone+Benchmark1"))
                .vPort(6379)
                .nodes(RedisNode.master(100_003))
                .projectId(0)
                .tag("team", "storage")
                .templateId("crs-cfg-a1b2c3d4")
                .alarmPolicies("policy-a1b2c3d4")
                .build();
    }
}
