package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests the simulator with the vendor's client for Node, which is pointed at the simulator's own address. The client is
 * installed into {@code target}. Where Node, npm or npm's registry is missing, the tests are skipped, and say so.
 */
@Tag("soak")
class VendorNodeSdkTest {

    private static final String SOURCE = "crs-source01";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path FOLDER = Path.of("target", "vendor-node").toAbsolutePath();

    private final AtomicLong ticker = new AtomicLong();
    private final List<Map<String, Object>> requests = new ArrayList<>();

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .source(Source.of(SOURCE).withSecondLevelBackup())
            .signingService("127")
            .signingService("localhost")
            .ticker(ticker::get)
            .start();

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "package-lock.json", "client.js")) {
            try (InputStream resource = VendorNodeSdkTest.class.getResourceAsStream("/vendor-node/" + file)) {
                Files.copy(Objects.requireNonNull(resource), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Result installed = run("", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        if (installed.code() != 0) {
            assertThat(installed.errors()).doesNotContain("EUSAGE", "EINTEGRITY");
            throw skipped("npm does not install the vendor's client: " + installed.errors());
        }
    }

    private static TestAbortedException skipped(String why) {
        System.err.println("!!!!!!!! SKIPPED, because " + why + " !!!!!!!!");
        return new TestAbortedException(why);
    }

    private record Result(int code, String output, String errors) {}

    private static Result run(String input, String... command) throws Exception {
        Path in = Files.writeString(Files.createTempFile(FOLDER, "in", ".json"), input);
        Path out = Files.createTempFile(FOLDER, "out", ".json");
        Path err = Files.createTempFile(FOLDER, "err", ".txt");
        Process process = start(new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile()));
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as(String.join(" ", command))
                    .isTrue();
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Process start(ProcessBuilder command) {
        try {
            return command.start();
        } catch (IOException missing) {
            throw skipped(command.command().get(0) + " is not installed: apt-get install nodejs npm");
        }
    }

    /** Adds a request, of the parameters as JSON with single quotes. */
    private void request(String service, String version, String action, String parameters) {
        requests.add(Map.of(
                "service", service,
                "version", version,
                "action", action,
                "parameters", JSON.readTree(parameters.replace('\'', '"'))));
    }

    private void redis(String action, String parameters) {
        request("redis", "v20180412", action, parameters);
    }

    /** Makes the requests, one after the other. {@return what the client returned or threw for each} */
    private JsonNode send(String host, String secretKey) throws Exception {
        String options = JSON.writeValueAsString(Map.of(
                "credential", Map.of("secretId", simulator.secretId(), "secretKey", secretKey),
                "region", "ap-guangzhou",
                "profile",
                        Map.of(
                                "httpProfile",
                                Map.of(
                                        "reqMethod", "POST",
                                        "protocol", "http://",
                                        "endpoint", host + ":" + simulator.port()))));
        Result result = run(JSON.writeValueAsString(requests), "node", "client.js", options);
        requests.clear();
        assertThat(result.code()).as(result.errors()).isZero();
        JsonNode results = JSON.readTree(result.output());
        return results;
    }

    private JsonNode send() throws Exception {
        return send("127.0.0.1", simulator.secretKey());
    }

    private void buy(int goodsNum, int billingMode) {
        redis(
                "CloneInstances",
                "{'InstanceId':'crs-source01','GoodsNum':" + goodsNum + ",'ZoneId':100003,'BillingMode':" + billingMode
                        + ",'Period':1,'SecurityGroupIdList':['sg-bmadczm1'],'BackupId':'154572601-1165734322-153705740',"
                        + "'VpcId':'vpc-pxyzim13','SubnetId':'subnet-7jbabche','InstanceName':'克隆-0001',"
                        + "'ResourceTags':[{'TagKey':'plan','TagValue':'0001'}],'Password':'Sesame-opens-7'}");
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void itClonesAndFindsItsClonesAndTheirDeal(String host) throws Exception {
        buy(3, 1);
        JsonNode bought = send(host, simulator.secretKey()).at("/0/response");
        List<String> ids = texts(bought.get("InstanceIds"));
        redis("DescribeInstances", "{'SearchKey':'克隆','Limit':2,'Offset':2}");
        redis(
                "DescribeInstanceDealDetail",
                "{'DealName':'" + bought.get("DealName").asString() + "'}");
        redis(
                "DescribeInstanceDealDetail",
                "{'DealIds':['" + bought.get("DealId").asString() + "']}");
        JsonNode found = send(host, simulator.secretKey());

        assertThat(ids).hasSize(3).isEqualTo(simulator.books().instanceIds());
        assertThat(simulator.books().executions())
                .singleElement()
                .extracting(Execution::instanceName)
                .isEqualTo("克隆-0001");
        assertThat(found.at("/0/response/TotalCount").asInt()).isEqualTo(3);
        assertThat(found.at("/0/response/InstanceSet")).hasSize(1);
        assertThat(texts(found.at("/1/response/DealDetails/0/InstanceIds"))).isEqualTo(ids);
        assertThat(found.at("/2/response/DealDetails/0/Status").asInt()).isEqualTo(4);
    }

    @Test
    void everyParameterOfDescribeInstancesIsUnderstood() throws Exception {
        buy(2, 1);
        String id = send().at("/0/response/InstanceIds/0").asString();
        redis(
                "DescribeInstances",
                ("{'Limit':20,'Offset':0,'InstanceId':'ID','InstanceIds':['ID'],'SearchKey':'0001','SearchKeys':['ID'],"
                                + "'InstanceName':'克隆-0001','InstanceTags':[{'TagKey':'plan','TagValue':'0001'}],"
                                + "'TagKeys':['plan'],'Status':[0,1,2,-2,-3],'BillingMode':'prepaid','AutoRenew':[0,1,2],"
                                + "'Type':16,'TypeVersion':3,'TypeList':[15,16],'EngineName':'Redis-6.2',"
                                + "'ProductVersions':['local'],'ProjectIds':[0],'UniqVpcIds':['vpc-pxyzim13'],"
                                + "'UniqSubnetIds':['subnet-7jbabche'],'VpcIds':['1'],'SubnetIds':['2'],'RegionIds':[1],"
                                + "'AzMode':'singleaz','MonitorVersion':'1m','OrderBy':'curDeadline','OrderType':0}")
                        .replace("ID'", id + "'"));
        redis("DescribeInstances", "{'InstanceId':null,'Status':[2],'Limit':1}");
        JsonNode found = send();

        assertThat(found.at("/0/response/InstanceSet/0/InstanceId").asString()).isEqualTo(id);
        assertThat(found.at("/0/response/TotalCount").asInt()).isEqualTo(1);
        assertThat(found.at("/1/response/TotalCount").asInt())
                .as("null is no filter")
                .isEqualTo(2);
    }

    @Test
    void itLooksAheadOfAPurchase() throws Exception {
        long time = Instant.now().minusSeconds(600).getEpochSecond();
        redis("DescribeInstanceBackups", "{'InstanceId':'crs-source01','Status':[2],'Limit':10,'Offset':0}");
        redis("DescribeSecondLevelBackupInfo", "{'InstanceId':'crs-source01','BackupTimestamp':" + time + "}");
        redis(
                "InquiryPriceCreateInstance",
                "{'TypeId':9,'MemSize':4096,'GoodsNum':3,'Period':1,'BillingMode':0,'ZoneId':100003,"
                        + "'RedisShardNum':1,'RedisReplicasNum':1}");
        redis("DescribeProductInfo", "{}");
        redis("DescribeProjectSecurityGroups", "{'Product':'redis'}");
        redis("DescribeInstanceSecurityGroup", "{'InstanceIds':['crs-source01']}");
        redis("DescribeParamTemplates", "{'TemplateIds':['crs-cfg-1']}");
        request("vpc", "v20170312", "DescribeSubnets", "{'SubnetIds':['subnet-7jbabche'],'Offset':'0','Limit':'100'}");
        request("billing", "v20180709", "DescribeAccountBalance", "{}");
        request("sts", "v20180813", "GetCallerIdentity", "{}");
        JsonNode found = send();

        assertThat(found.at("/0/response/BackupSet/0/Status").asInt()).isEqualTo(2);
        assertThat(found.at("/1/response/BackupTimestamp").asLong()).isEqualTo(time);
        assertThat(found.at("/2/response/Price").asInt()).isEqualTo(280);
        assertThat(found.at("/3/response/RegionSet/0/ZoneSet/0/ProductSet/0/MaxBuyNum")
                        .asInt())
                .isEqualTo(30);
        assertThat(found.at("/4/response/Total").asInt()).isEqualTo(1);
        assertThat(found.at("/5/response/InstanceSecurityGroupsDetail/0/SecurityGroupDetails/0/SecurityGroupId")
                        .asString())
                .isEqualTo("sg-bmadczm1");
        assertThat(found.at("/6/response/Items/0/ProductType").asInt()).isEqualTo(16);
        assertThat(found.at("/7/response/SubnetSet/0/AvailableIpAddressCount").asInt())
                .isPositive();
        assertThat(found.at("/8/response/RealBalance").asDouble()).isPositive();
        assertThat(found.at("/9/response/AccountId").asString()).isEqualTo("100000000001");
    }

    @Test
    void itReturnsRestoresAndDeletesInstances() throws Exception {
        buy(1, 0);
        buy(1, 1);
        JsonNode bought = send();
        String postpaid =
                "{'InstanceId':'" + bought.at("/0/response/InstanceIds/0").asString() + "'}";
        String prepaid =
                "{'InstanceId':'" + bought.at("/1/response/InstanceIds/0").asString() + "'}";
        redis("DestroyPostpaidInstance", postpaid);
        redis("StartupInstance", postpaid);
        redis("DestroyPrepaidInstance", prepaid);
        redis("CleanUpInstance", prepaid);
        redis("DescribeTaskList", postpaid);
        JsonNode changed = send();
        redis(
                "DescribeTaskInfo",
                "{'TaskId':" + changed.at("/0/response/TaskId").asLong() + "}");

        assertThat(changed.at("/1/response").has("RequestId")).isTrue();
        assertThat(changed.at("/2/response/DealName").asString()).isNotBlank();
        assertThat(changed.at("/3/response/TaskId").isNumber()).isTrue();
        assertThat(changed.at("/4/response/TotalCount").asInt()).isEqualTo(3);
        assertThat(send().at("/0/response/Status").asString()).isEqualTo("succeed");
        assertThat(simulator.books().destructions()).hasSize(3);
        assertThat(simulator.books().alarms()).hasSize(1);
    }

    @Test
    void aRefusalHasItsCodeAndRequestId() throws Exception {
        buy(1, 0);
        JsonNode wrongKey = send("127.0.0.1", "another");
        buy(31, 0);
        redis("DescribeInstances", "{'OrderBy':'colour'}");
        redis("DescribeInstances", "{'Limit':'20'}");
        JsonNode wrongValues = send();

        assertThat(wrongKey.at("/0/code").asString()).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(wrongKey.at("/0/requestId").asString()).isNotBlank();
        assertThat(wrongValues.findValues("code"))
                .extracting(JsonNode::asString)
                .containsExactly(
                        "LimitExceeded.InvalidParameterGoodsNumNotInRange",
                        "InvalidParameter.InvalidParameter",
                        "InvalidParameter");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void theTwentyFirstRequestInASecondExceedsTheLimit() throws Exception {
        Collections.nCopies(21, 0).forEach(billingMode -> buy(1, billingMode));
        JsonNode results = send();

        assertThat(results).hasSize(21);
        assertThat(results.at("/19").has("response")).isTrue();
        assertThat(results.at("/20/code").asString()).isEqualTo("RequestLimitExceeded");
        assertThat(simulator.books().bought()).isEqualTo(20);
    }
}
