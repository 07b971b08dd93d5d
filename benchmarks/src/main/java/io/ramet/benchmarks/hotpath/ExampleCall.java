package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.json.RequestJson;
import io.ramet.model.AutoRenew;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.RedisNode;
import io.ramet.model.RedisNode.Role;
import io.ramet.model.Secret;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.sign.Credentials;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The request that is measured: every field of the API page's example, with ids of real length. */
final class ExampleCall {

    static final String HOST = "redis.tencentcloudapi.com";
    static final String ACTION = "CloneInstances";
    static final String REGION = "ap-guangzhou";
    static final long TIMESTAMP = 1_795_500_000L;
    static final Credentials CREDENTIALS =
            Credentials.of("AKID-of-the-benchmark-0123456789abcd", "key-of-the-benchmark-0123456789a");

    static final CloneRequest REQUEST = CloneRequest.builder()
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
            .nodes(new RedisNode(Role.MASTER, 1, 100_003, "ap-guangzhou-3"))
            .projectId(7)
            .tag("team", "storage")
            .templateId("crs-cfg-a1b2c3d4")
            .alarmPolicies("policy-a1b2c3d4")
            .build();
    static final ClonePlan PLAN = ClonePlan.of(PlanId.of("benchmark"), REQUEST);
    static final CloneChunk CHUNK = PLAN.chunk(0);

    private static final String REQUEST_ID = "2a836c00-175f-11eb-aeb3-db134c8d8fec";

    private ExampleCall() {}

    static byte[] body() {
        return RequestJson.shared().bodies(PLAN).of(CHUNK);
    }

    /** The deal of a response. */
    static Deal deal(int instances) {
        List<String> ids = IntStream.range(0, instances)
                .mapToObj(i -> String.format("crs-%08x", 0x9e3779b9 * (i + 1)))
                .toList();
        return new Deal("22716341", "20261125000000022716341", ids, REQUEST_ID);
    }

    /** The response with a deal. */
    static byte[] response(Deal deal) {
        String ids = deal.instanceIds().stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
        return ("{\"Response\":{\"DealId\":\"" + deal.dealId() + "\",\"DealName\":\"" + deal.dealName()
                        + "\",\"InstanceIds\":" + ids + ",\"RequestId\":\"" + deal.requestId() + "\"}}")
                .getBytes(UTF_8);
    }

    /** An error. */
    static Refusal refusal() {
        return new Refusal("ResourceUnavailable.SaleOut", "Resources in the region are sold out.", REQUEST_ID);
    }

    /** The response with an error. */
    static byte[] response(Refusal refusal) {
        return ("{\"Response\":{\"Error\":{\"Code\":\"" + refusal.code() + "\",\"Message\":\"" + refusal.message()
                        + "\"},\"RequestId\":\"" + refusal.requestId() + "\"}}")
                .getBytes(UTF_8);
    }

    record Refusal(String code, String message, String requestId) {}
}
