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
import java.util.stream.Stream;

/** The measured request: it has every field of the example in the API's documentation, and ids of real length. */
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

    /** The code, message and RequestId of an error. */
    static final List<String> REFUSAL =
            List.of("ResourceUnavailable.SaleOut", "Resources in the region are sold out.", REQUEST_ID);

    private ExampleCall() {}

    static byte[] body() {
        return RequestJson.shared().bodies(PLAN).of(CHUNK);
    }

    static Deal deal(int instances) {
        List<String> ids = IntStream.range(0, instances)
                .mapToObj(i -> String.format("crs-%08x", 0x9e3779b9 * (i + 1)))
                .toList();
        return new Deal("22716341", "20261125000000022716341", ids, REQUEST_ID);
    }

    /** The strings in the response with a deal. */
    static List<String> values(Deal deal) {
        return Stream.concat(Stream.of(deal.dealId(), deal.dealName(), deal.requestId()), deal.instanceIds().stream())
                .map(String::valueOf)
                .toList();
    }

    static byte[] response(Deal deal) {
        String ids = deal.instanceIds().stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
        return """
                {"Response":{"DealId":"%s","DealName":"%s","InstanceIds":%s,"RequestId":"%s"}}""".formatted(deal.dealId(), deal.dealName(), ids, deal.requestId())
                .getBytes(UTF_8);
    }

    /** The response with the error. */
    static byte[] refusal() {
        return """
                {"Response":{"Error":{"Code":"%s","Message":"%s"},"RequestId":"%s"}}""".formatted(REFUSAL.toArray()).getBytes(UTF_8);
    }
}
