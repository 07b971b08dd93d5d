package io.ramet.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Verifying an API whose responses are those in its documents, and variants in which the documents are not clear. */
@Timeout(120)
class DocumentedResponsesTest {

    private static final String SECRET_KEY = "a-secret-key-of-no-account";

    /** The values in the responses that identify an account, a machine or a request. */
    private static final Set<String> IDENTIFYING = Set.of(
            "AccountId",
            "UserId",
            "PrincipalId",
            "Arn",
            "Appid",
            "Uin",
            "InstanceId",
            "InstanceName",
            "BackupId",
            "UniqVpcId",
            "UniqSubnetId",
            "VpcId",
            "SubnetId",
            "SecurityGroupId",
            "TemplateId",
            "WanIp",
            "RequestId",
            "DealName",
            "Creater",
            "RouteTableId");

    @TempDir
    private Path folder;

    @AutoClose
    private DocumentedApi api;

    private Session session;

    @BeforeEach
    void start() throws IOException {
        api = new DocumentedApi();
        session = new Session().credentials("AKIDofNobody0123456789", SECRET_KEY);
    }

    private int verify(String... more) throws IOException {
        Path request = Files.writeString(folder.resolve("request.json"), """
                {"InstanceId": "crs-46njvft9", "BackupId": "154572601-1165734322-153731238", "GoodsNum": 1, "BillingMode": 0,
                "ZoneId": 100003, "VpcId": "vpc-mjwornzj", "SubnetId": "subnet-1ed4w7to", "NoAuth": true,
                "SecurityGroupIdList": ["sg-ajr1jzgj"], "TemplateId": "crs-cfg-sa23d5d3"}
                """);
        Stream<String> options = Stream.of(
                "verify",
                "--endpoint=" + api.uri(),
                "--region=ap-guangzhou",
                "--request=" + request,
                "--output=ndjson");
        return session.run(Stream.concat(options, Arrays.stream(more)).toArray(String[]::new));
    }

    /** {@return the results of the checks, each of which is made once} */
    private Map<String, String> results() {
        return session.json().stream()
                .collect(toMap(
                        line -> line.get("check").asString(),
                        line -> line.get("result").asString()));
    }

    private String found(String check) {
        return session.json().stream()
                .filter(line -> line.get("check").asString().equals(check))
                .map(line -> line.get("found").asString())
                .findFirst()
                .orElseThrow(() -> new AssertionError("not checked: " + check + " in " + session.out()));
    }

    @Test
    void everyResponseIsReadAsItIsDocumented() throws IOException {
        assertThat(verify()).as(session.out() + session.err()).isZero();

        assertThat(results())
                .hasSize(16)
                .allSatisfy((check, result) ->
                        assertThat(result).as(check + ": " + found(check)).isEqualTo("holds"));
        assertThat(found("InquiryPriceCreateInstance")).startsWith("1 × 1.267232 = 1.267232 CNY per hour");
        assertThat(found("preflight subnet")).isEqualTo("ok: free addresses: 4002, needed: 1");
        assertThat(found("preflight balance")).isEqualTo("ok: 100.005 covers 1.267232 CNY");
        assertThat(session.err()).contains("Nothing was bought.");
    }

    @Test
    void everyActionThatReadsIsRequestedAndNoOther() throws IOException {
        verify();

        assertThat(new TreeSet<>(api.actions()))
                .containsExactly(
                        "DescribeAccountBalance",
                        "DescribeInstanceBackups",
                        "DescribeInstances",
                        "DescribeParamTemplates",
                        "DescribeProductInfo",
                        "DescribeProjectSecurityGroups",
                        "DescribeSecondLevelBackupInfo",
                        "DescribeSubnets",
                        "GetCallerIdentity",
                        "InquiryPriceCreateInstance");
    }

    @Test
    void theReportIdentifiesNoAccountMachineAndRequest() throws IOException {
        verify("--yes-spend=1");

        assertThat(session.out()).contains("what was bought is returned");
        assertThat(session.out() + session.err()).doesNotContain(SECRET_KEY);
        for (JsonNode response : api.responses()) {
            IDENTIFYING.stream()
                    .flatMap(field -> response.findValues(field).stream())
                    .map(value -> value.asString(""))
                    .filter(value -> value.length() > 3)
                    .forEach(value -> assertThat(session.out()).doesNotContain(value));
        }
    }

    /** The check that shows what a variant means, what becomes of it, and what the report says. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void theReportSaysWhichAssumptionHolds(
            String variant, String action, Consumer<ObjectNode> change, String check, String result, String found)
            throws IOException {
        api.with(action, change);

        assertThat(verify()).as(session.out()).isEqualTo(result.equals("differs") ? ExitCode.SOME_NOT_CLONED : 0);

        assertThat(results()).as(session.out()).containsEntry(check, result);
        assertThat(found(check)).contains(found);
    }

    private static Arguments variant(
            String variant, String action, Consumer<ObjectNode> change, String check, String result, String found) {
        return Arguments.of(variant, action, change, check, result, found);
    }

    static Stream<Arguments> variants() {
        String backups = "DescribeInstanceBackups";
        String price = "InquiryPriceCreateInstance";
        String pointInTime = "DescribeSecondLevelBackupInfo";
        String products = "DescribeProductInfo";
        String balance = "DescribeAccountBalance";
        return Stream.of(
                variant(
                        "type of a backup as a number",
                        backups,
                        each("BackupSet", "BackupType", 1),
                        backups,
                        "holds",
                        "1 backup"),
                variant(
                        "fields that are internal or new are null",
                        backups,
                        nulls("BackupSet", "BackupSize", "InstanceType", "FullBackup", "Encrypted", "FileType"),
                        backups,
                        "holds",
                        "1 backup"),
                variant(
                        "expiry as text for none",
                        backups,
                        each("BackupSet", "ExpireTime", "0000-00-00 00:00:00"),
                        "preflight backup",
                        "holds",
                        "its expiry is not known"),
                variant(
                        "a listing without its count",
                        backups,
                        without("TotalCount"),
                        backups,
                        "differs",
                        "TotalCount -1"),
                variant(
                        "an empty list as null",
                        backups,
                        response -> response.putNull("BackupSet").put("TotalCount", 0),
                        backups,
                        "differs",
                        "TotalCount 0"),
                variant(
                        "the price alone, as in the oldest example",
                        price,
                        without(
                                "AmountUnit",
                                "Currency",
                                "HighPrecisionPrice",
                                "HighPrecisionOriginalPrice",
                                "OriginalPrice"),
                        price,
                        "holds",
                        "1 × 1.27 = 1.27 CNY"),
                variant(
                        "the finer unit",
                        price,
                        response -> response.put("AmountUnit", "microPent").put("HighPrecisionPrice", 126_723_200),
                        price,
                        "holds",
                        "1 × 1.2672"),
                variant(
                        "an unknown unit",
                        price,
                        response -> response.put("AmountUnit", "dollar"),
                        price,
                        "unknown",
                        "an unknown unit, dollar"),
                variant(
                        "prices as null",
                        price,
                        response -> response.putNull("Price").putNull("HighPrecisionPrice"),
                        price,
                        "unknown",
                        "names no price"),
                variant(
                        "gaps as a list",
                        pointInTime,
                        response -> response.putArray("MissingTimestamps")
                                .addObject()
                                .put("StartTimeStamp", 1719562500)
                                .put("EndTimeStamp", 1719562600),
                        pointInTime,
                        "holds",
                        "a point in time was found"),
                variant(
                        "no gaps and no start",
                        pointInTime,
                        without("MissingTimestamps", "StartTimestamp"),
                        pointInTime,
                        "holds",
                        "a point in time was found"),
                variant(
                        "a point in time without its second",
                        pointInTime,
                        without("BackupTimestamp"),
                        pointInTime,
                        "differs",
                        "no BackupTimestamp"),
                variant(
                        "zones without a number, as in the example",
                        products,
                        response -> ((ObjectNode) response.at("/RegionSet/0/ZoneSet/0")).put("OldZoneId", 0),
                        "preflight stock",
                        "unknown",
                        "names no zone by its number"),
                variant(
                        "products under the corrected spelling",
                        products,
                        response -> ((ObjectNode) response.at("/RegionSet/0/ZoneSet/0/ProductSet/0"))
                                .without("EnableRepicaReadOnly"),
                        "preflight stock",
                        "holds",
                        "type 15 is sold"),
                variant(
                        "the balance alone, as in the oldest example",
                        balance,
                        without("RealBalance", "RealCreditBalance", "CashAccountBalance"),
                        "preflight balance",
                        "unknown",
                        "without RealBalance"),
                variant(
                        "balances as whole numbers",
                        balance,
                        response -> response.put("RealBalance", 200).putNull("RealCreditBalance"),
                        "preflight balance",
                        "holds",
                        "ok: 2 covers "),
                variant(
                        "security groups without their count, as in the older example",
                        "DescribeProjectSecurityGroups",
                        without("Total"),
                        "preflight security groups",
                        "holds",
                        "they exist"),
                variant(
                        "no security groups as null",
                        "DescribeProjectSecurityGroups",
                        response -> response.putNull("Groups"),
                        "preflight security groups",
                        "unknown",
                        "without Groups"),
                variant(
                        "a subnet without its free addresses",
                        "DescribeSubnets",
                        response -> ((ObjectNode) response.at("/SubnetSet/0")).without("AvailableIpAddressCount"),
                        "preflight subnet",
                        "unknown",
                        "does not say how many addresses are free"),
                variant(
                        "an account as a number",
                        "GetCallerIdentity",
                        response -> response.put("AccountId", 100026204711L),
                        "preflight account",
                        "holds",
                        "known"),
                variant(
                        "nodes, tags and times of an instance as null",
                        "DescribeInstances",
                        nulls(
                                "InstanceSet",
                                "NodeSet",
                                "InstanceTags",
                                "InstanceNode",
                                "Tags",
                                "OfflineTime",
                                "CloseTime",
                                "Vip6",
                                "ProductVersion"),
                        "preflight source",
                        "holds",
                        "is running"),
                variant(
                        "an instance without its specification",
                        "DescribeInstances",
                        nulls("InstanceSet", "RedisShardSize"),
                        price,
                        "unknown",
                        "is not listed"),
                variant(
                        "a permission is missing",
                        balance,
                        error("UnauthorizedOperation.NoCAMAuthed"),
                        "preflight balance",
                        "unknown",
                        "permission finance:DescribeAccountBalance"),
                variant(
                        "a feature is missing",
                        pointInTime,
                        error("FailedOperation.UnSupportError"),
                        pointInTime,
                        "unknown",
                        "FailedOperation.UnSupportError"));
    }

    private static Consumer<ObjectNode> without(String... fields) {
        return response -> response.remove(List.of(fields));
    }

    private static Consumer<ObjectNode> each(String list, String field, Object value) {
        return response -> response.get(list)
                .forEach(element ->
                        ((ObjectNode) element).set(field, JsonMapper.shared().valueToTree(value)));
    }

    private static Consumer<ObjectNode> nulls(String list, String... fields) {
        return response ->
                response.get(list).forEach(element -> List.of(fields).forEach(((ObjectNode) element)::putNull));
    }

    private static Consumer<ObjectNode> error(String code) {
        return response -> {
            response.retain("RequestId");
            response.putObject("Error").put("Code", code).put("Message", "of a recorded response");
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "\"Gateway Time-out\"",
                "{\"code\": 5100, \"message\": \"(100005)\", \"codeDesc\": \"Old\"}"
            })
    void aBodyOfAnotherFormIsADifference(String body) throws IOException {
        api.with("DescribeInstanceBackups", JsonMapper.shared().readTree(body));

        assertThat(verify()).isEqualTo(ExitCode.SOME_NOT_CLONED);

        assertThat(results()).containsEntry("DescribeInstanceBackups", "differs");
    }

    /** The documents differ on the names of a deal and on the type of a task's id. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("purchases")
    void aPurchaseIsReturnedHoweverItsDealAndItsTaskAreNamed(String variant, Consumer<DocumentedApi> change)
            throws IOException {
        change.accept(api);

        assertThat(verify("--yes-spend=1")).as(session.out() + session.err()).isZero();

        assertThat(results())
                .containsEntry("CloneInstances", "holds")
                .containsEntry("a listing by mark is exact", "holds")
                .containsEntry("the instance runs", "holds")
                .containsEntry("states of the deal", "holds")
                .containsEntry("what was bought is returned", "holds");
        assertThat(api.actions()).containsOnlyOnce("CloneInstances").containsOnlyOnce("DestroyPostpaidInstance");
    }

    static Stream<Arguments> purchases() {
        return Stream.of(
                purchase("as documented", api -> {}),
                purchase(
                        "a task as text",
                        api -> api.with("DestroyPostpaidInstance", task -> task.put("TaskId", "6954227"))),
                purchase("no task", api -> api.with("DestroyPostpaidInstance", without("TaskId"))),
                purchase("the deprecated name alone", api -> api.with("CloneInstances", without("DealName"))),
                purchase("the newer name alone", api -> api.with("CloneInstances", without("DealId"))),
                purchase(
                        "a deal listed under its deprecated name alone",
                        api -> api.with("CloneInstances", without("DealName"))
                                .with(
                                        "DescribeInstanceDealDetail",
                                        response -> ((ObjectNode) response.at("/DealDetails/0")).remove("DealName"))),
                purchase(
                        "the newer name in the deprecated field",
                        api -> api.with(
                                "CloneInstances",
                                response -> response.put("DealId", "20261123000000000022716")
                                        .putNull("DealName"))));
    }

    private static Arguments purchase(String variant, Consumer<DocumentedApi> change) {
        return Arguments.of(variant, change);
    }
}
