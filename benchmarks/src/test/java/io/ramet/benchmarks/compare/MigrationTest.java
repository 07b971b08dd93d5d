package io.ramet.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.redis.v20180412.RedisClient;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesResponse;
import io.ramet.json.RequestJson;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** The examples of the page on the migration from the vendor's SDK, both sides. */
@Timeout(120)
class MigrationTest {

    private static final Path SOURCES = Path.of("src/test/java/io/ramet/benchmarks/compare");
    private static final Path PAGE = Path.of("../src/site/markdown/migration.md");
    private static final Pattern JAVA = Pattern.compile("(?s)```java\\n(.*?)```");

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private final String password = "Sesame-opens-7";

    @Test
    void theVendorsSdkBuysInALoop() throws TencentCloudSDKException, InterruptedException {
        RedisClient client =
                new RedisClient(new Credential(simulator.secretId(), simulator.secretKey()), "ap-guangzhou", profile());

        CloneInstancesRequest request = new CloneInstancesRequest();
        request.setInstanceId("crs-xjhsdj12");
        request.setBackupId("154572601-1165734322-153705740");
        request.setZoneId(100003L);
        request.setBillingMode(0L);
        request.setPeriod(1L);
        request.setSecurityGroupIdList(new String[] {"sg-bmadczm1"});
        request.setVpcId("vpc-pxyzim13");
        request.setSubnetId("subnet-7jbabche");
        request.setPassword(password);

        List<String> deals = new ArrayList<>();
        for (long left = 100; left > 0; left -= 30) {
            request.setGoodsNum(Math.min(30, left));
            CloneInstancesResponse response = client.CloneInstances(request);
            deals.add(response.getDealName());
            Thread.sleep(50);
        }

        assertThat(deals).hasSize(4);
        assertThat(simulator.books().bought()).isEqualTo(100);
    }

    @Test
    void theSameIsOnePlan() {
        try (CloneClient client = client()) {
            CloneRequest request = CloneRequest.builder()
                    .instanceId("crs-xjhsdj12")
                    .backupId("154572601-1165734322-153705740")
                    .zoneId(100003)
                    .payAsYouGo()
                    .securityGroups("sg-bmadczm1")
                    .vpc("vpc-pxyzim13", "subnet-7jbabche")
                    .password(Secret.of(password))
                    .goodsNum(100)
                    .build();

            ClonePlan plan = ClonePlan.of(PlanId.of("order-4711"), request);
            List<Deal> deals =
                    client.cloneDeals(plan).collectList().blockOptional().orElseThrow();

            assertThat(deals).hasSize(4);
            assertThat(deals).allSatisfy(deal -> assertThat(deal.name()).isNotEmpty());
            assertThat(simulator.books().bought()).isEqualTo(100);
        }
    }

    @Test
    void aRequestOfTheSdkIsReadAsItIs() {
        CloneInstancesRequest sdk = VendorSdk.request(100, false, "web");

        CloneRequest request = RequestJson.shared().read(CloneInstancesRequest.toJsonString(sdk));

        assertThat(request.goodsNum()).isEqualTo(100);
        assertThat(request.instanceName()).isEqualTo("web");
    }

    @Test
    void aFailureSaysWhetherInstancesMayExist() {
        try (CloneClient client = client()) {
            ClonePlan plan = ClonePlan.of(RequestJson.shared()
                    .read(CloneInstancesRequest.toJsonString(VendorSdk.request(100, false, "web"))));

            Flux<String> lines = client.clone(plan)
                    .map(outcome -> outcome.fold(
                            cloned -> "bought: " + cloned.deal().instanceIds(),
                            notCloned -> "not bought: " + notCloned.failure().getMessage(),
                            inDoubt -> "in doubt: " + inDoubt.chunk().instanceName()));

            assertThat(lines.collectList().block()).hasSize(4).allMatch(line -> line.startsWith("bought"));
            assertThat(client.clone(plan).map(ChunkOutcome::orElseThrow).count().block())
                    .isEqualTo(4);
        }
    }

    @Test
    void thePageShowsThisCode() throws IOException {
        List<String> source = stripped(Files.readString(SOURCES.resolve("MigrationTest.java")));

        assertThat(JAVA.matcher(Files.readString(PAGE)).results())
                .hasSize(4)
                .allSatisfy(example -> assertThat(Collections.indexOfSubList(source, stripped(example.group(1))))
                        .as(example.group(1))
                        .isNotNegative());
    }

    private static List<String> stripped(String text) {
        return text.strip().lines().map(String::strip).toList();
    }

    private CloneClient client() {
        return CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(simulator.uri())
                .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .build();
    }

    /** The simulator is the HTTP proxy, so that the SDK keeps the host name that it signs. */
    private ClientProfile profile() {
        HttpProfile http = new HttpProfile();
        http.setProtocol(HttpProfile.REQ_HTTP);
        http.setProxyHost("127.0.0.1");
        http.setProxyPort(simulator.port());
        http.setReadTimeout(10);
        ClientProfile profile = new ClientProfile();
        profile.setHttpProfile(http);
        return profile;
    }
}
