package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.AutoRenew;
import io.ramet.model.CloneRequest;
import io.ramet.model.CloneRequestBuilder;
import io.ramet.model.Fixtures;
import io.ramet.model.PasswordPolicy;
import io.ramet.model.RedisNode;
import io.ramet.model.Secret;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CloneBodiesTest {

    private static final RequestJson JSON = RequestJson.shared();
    private static final PlanId ID = PlanId.of("order-4711");

    @Test
    void everyFieldHasItsExactNameAndForm() {
        ClonePlan plan = ClonePlan.of(ID, Fixtures.full().build());

        assertThat(text(JSON.bodies(plan).of(plan.chunk(2)))).isEqualTo("""
                {"InstanceId":"crs-xjhsdj12",\
                "BackupId":"154572601-1165734322-153705740",\
                "ZoneId":100003,\
                "BillingMode":1,\
                "Period":24,\
                "SecurityGroupIdList":["sg-bmadczm1","sg-bmadczm2"],\
                "Password":"Never-Print-Me-7",\
                "EncryptPassword":true,\
                "PasswordPolicy":{"Enabled":true,"MinLetterCount":2,"MinDigitCount":3,"MinSpecialCount":4,"MinLength":12},\
                "VpcId":"vpc-pxyzim13",\
                "SubnetId":"subnet-7jbabche",\
                "VPort":6380,\
                "AutoRenew":2,\
                "NodeSet":[{"NodeType":0,"ZoneId":100003},\
                {"NodeType":1,"NodeId":5,"ZoneId":100004,"ZoneName":"ap-guangzhou-4"}],\
                "ProjectId":7,\
                "ResourceTags":[{"TagKey":"team","TagValue":"shop"},{"TagKey":"empty","TagValue":""}],\
                "TemplateId":"crs-cfg-abcd1234",\
                "AlarmPolicyList":["policy-abcd1234"],\
                "CloneTime":"2026-03-04 05:06:07",\
                "EnableSSL":true,\
                "SSLBindPrivateIPv4":true,\
                "ProductVersion":"localv2",\
                "GoodsNum":50,\
                "InstanceName":"shop_cache-kcg6gzfvd8fe-2"}""");
    }

    @Test
    void anAbsentFieldIsLeftOut() {
        ClonePlan plan = ClonePlan.of(ID, Fixtures.minimal().build());

        assertThat(text(JSON.bodies(plan).of(plan.chunk(8)))).isEqualTo("""
                {"InstanceId":"crs-xjhsdj12",\
                "BackupId":"154572601-1165734322-153705740",\
                "ZoneId":100003,\
                "BillingMode":0,\
                "Period":1,\
                "SecurityGroupIdList":["sg-bmadczm1"],\
                "Password":"Never-Print-Me-7",\
                "GoodsNum":10,\
                "InstanceName":"kcg6gzfvd8fe-8"}""");
    }

    @Test
    void noAuthStandsInsteadOfAPassword() {
        CloneRequest request = CloneRequest.builder()
                .instanceId("crs-1")
                .backupId("b")
                .goodsNum(1)
                .zoneId(1)
                .payAsYouGo()
                .securityGroups("sg-1")
                .noAuth()
                .build();
        ClonePlan plan = ClonePlan.of(ID, request);

        assertThat(text(JSON.bodies(plan).of(plan.chunk(0))))
                .contains("\"NoAuth\":true")
                .doesNotContain("Password");
    }

    @Test
    void everyBodyIsTheWholeRequestOfItsChunk() {
        JsonMapper plain = JsonMapper.builder().build();
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ClonePlan plan = ClonePlan.of(PlanId.random(random), random(random));
            CloneBodies bodies = JSON.bodies(plan);
            for (int i = 0; i < 5; i++) {
                CloneChunk chunk = plan.chunk(random.nextInt(plan.size()));
                byte[] body = bodies.of(chunk);

                ObjectNode tree = (ObjectNode) plain.readTree(body);
                assertThat(tree.get("GoodsNum").intValue()).as("seed %d", seed).isEqualTo(chunk.goodsNum());
                assertThat(tree.get("InstanceName").stringValue())
                        .as("seed %d", seed)
                        .isEqualTo(chunk.instanceName());
                assertThat(plain.writeValueAsString(tree)).as("seed %d", seed).isEqualTo(text(body));
                tree.put("GoodsNum", plan.request().goodsNum()).remove("InstanceName");
                if (plan.request().instanceName() != null) {
                    tree.put("InstanceName", plan.request().instanceName());
                }
                assertThat(JSON.read(tree.toString())).as("seed %d", seed).isEqualTo(plan.request());
            }
        }
    }

    @Test
    void bodiesPrintNoPassword() {
        assertThat(JSON.bodies(ClonePlan.of(ID, Fixtures.minimal().build()))).hasToString("CloneBodies");
    }

    @Test
    void theFingerprintStaysAsItWasInEarlierVersions() {
        assertThat(fingerprint(Fixtures.full()))
                .isEqualTo("26f4a53941c38bf03364393345e4f3fac846747ca1e64709aff4e7e67ea0d8d3");
        assertThat(fingerprint(Fixtures.minimal()))
                .isEqualTo("5b3d5411c00c404541f771af7cdcd41921373356955aa00f36853d2c2c685806");
    }

    @Test
    void theFingerprintKnowsNoPassword() {
        assertThat(fingerprint(Fixtures.full().password(Secret.of("another-Password-1"))))
                .isEqualTo(fingerprint(Fixtures.full()));
    }

    @Test
    void theFingerprintIsOfTheRequestAlone() {
        CloneRequest request = Fixtures.full().build();

        assertThat(JSON.fingerprint(ClonePlan.of(request))).isEqualTo(JSON.fingerprint(ClonePlan.of(ID, request)));
    }

    static Stream<UnaryOperator<CloneRequestBuilder>> changes() {
        return Stream.of(
                b -> b.instanceId("crs-other"),
                b -> b.backupId("other"),
                b -> b.goodsNum(251),
                b -> b.zoneId(100004),
                b -> b.payAsYouGo(),
                b -> b.monthly(36),
                b -> b.securityGroups("sg-bmadczm2", "sg-bmadczm1"),
                b -> b.encryptPassword(false),
                b -> b.passwordPolicy(new PasswordPolicy(false, 2, 3, 4, 12)),
                b -> b.passwordPolicy(new PasswordPolicy(true, 1, 3, 4, 12)),
                b -> b.passwordPolicy(new PasswordPolicy(true, 2, 1, 4, 12)),
                b -> b.passwordPolicy(new PasswordPolicy(true, 2, 3, 1, 12)),
                b -> b.passwordPolicy(new PasswordPolicy(true, 2, 3, 4, 13)),
                b -> b.vpc("vpc-other", "subnet-7jbabche"),
                b -> b.vpc("vpc-pxyzim13", "subnet-other"),
                b -> b.instanceName("other"),
                b -> b.vPort(6381),
                b -> b.autoRenew(AutoRenew.MANUAL),
                b -> b.nodes(RedisNode.master(100003)),
                b -> b.nodes(RedisNode.master(100004), RedisNode.replica(100003)),
                b -> b.projectId(8),
                b -> b.tag("more", "tags"),
                b -> b.templateId("crs-cfg-other"),
                b -> b.alarmPolicies("policy-other"),
                b -> b.cloneTime(LocalDateTime.of(2026, 3, 4, 5, 6, 8)),
                b -> b.enableSsl(true).sslBindPrivateIpv4(false),
                b -> b.sslBindPrivateIpv4(false).enableSsl(false),
                b -> b.productVersion("local"));
    }

    @Test
    void theFingerprintChangesWithEveryOtherField() {
        Set<String> seen = new HashSet<>(Set.of(fingerprint(Fixtures.full())));

        assertThat(changes().map(change -> fingerprint(change.apply(Fixtures.full()))))
                .allMatch(fingerprint -> fingerprint.matches("[0-9a-f]{64}"))
                .allMatch(seen::add, "is like no other");
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aRequestIsReadAsItWasWritten(UnaryOperator<CloneRequestBuilder> change) {
        CloneRequest request = change.apply(Fixtures.full()).build();

        assertThat(JSON.read(written(request))).isEqualTo(request);
    }

    /** One call for all of it, under the caller's own name, is the request as a caller would write it. */
    private static String written(CloneRequest request) {
        ClonePlan plan = ClonePlan.of(ID, request);
        return text(JSON.bodies(plan)
                .of(new CloneChunk(ID, 0, request.goodsNum(), plan.chunk(0).mark(), request.instanceName())));
    }

    private static CloneRequest random(Random random) {
        CloneRequestBuilder request = Fixtures.minimal().goodsNum(1 + random.nextInt(5_000));
        if (random.nextBoolean()) {
            request.monthly(1 + random.nextInt(12));
        }
        if (random.nextBoolean()) {
            request.instanceName("n".repeat(1 + random.nextInt(40)));
        }
        if (random.nextBoolean()) {
            request.tag("käse \"\\/\n" + random.nextInt(), "名\u0000\u2028😀");
        }
        if (random.nextBoolean()) {
            request.password(Secret.of("a1()`~!@#$%^&*-+=_|{}[]:;<>,.?/"));
        }
        if (random.nextBoolean()) {
            request.projectId(random.nextInt(3));
        }
        if (random.nextBoolean()) {
            request.vpc("vpc-" + random.nextInt(), "subnet-" + random.nextInt());
        }
        return request.build();
    }

    private static String fingerprint(CloneRequestBuilder request) {
        return JSON.fingerprint(ClonePlan.of(ID, request.build()));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
