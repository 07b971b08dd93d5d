package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.annotations.SerializedName;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstanceBackupsRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstancesRequest;
import java.io.IOException;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class DescribeTest {

    private final SteppedClock clock = new SteppedClock();

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .limit(RateLimit.none())
            .limit("DescribeInstances", RateLimit.none())
            .visibleAfter(Duration.ofSeconds(5))
            .initialisingFor(Duration.ofSeconds(60))
            .clock(clock)
            .start();

    private void pass(long seconds) {
        clock.pass(Duration.ofSeconds(seconds));
    }

    private JsonNode exchange(String action, String body) throws IOException {
        return Wire.exchange(simulator, SignedRequest.of(simulator, action, body.replace('\'', '"')));
    }

    private JsonNode buy(String name, int goodsNum, String tag) throws IOException {
        return Wire.exchange(
                simulator,
                SignedRequest.clone(simulator)
                        .replacing("plan-0001", name)
                        .replacing("\"GoodsNum\":2", "\"GoodsNum\":" + goodsNum)
                        .replacing(
                                "\"ZoneId\"",
                                "\"ResourceTags\":[{\"TagKey\":\"plan\",\"TagValue\":\"" + tag
                                        + "\"},{\"TagKey\":\"all\",\"TagValue\":\"x\"}],\"ZoneId\""));
    }

    private List<String> names(String body) throws IOException {
        return exchange("DescribeInstances", body)
                .get("InstanceSet")
                .valueStream()
                .map(instance -> instance.get("InstanceName").stringValue())
                .toList();
    }

    private static String firstId(JsonNode response) {
        return response.get("InstanceIds").get(0).stringValue();
    }

    @Test
    void instanceIsListedAsSoonAsItIsVisible() throws IOException {
        buy("alpha", 3, "a");

        pass(4);
        assertThat(names("{}")).isEmpty();
        pass(1);
        assertThat(names("{}")).containsExactly("alpha", "alpha", "alpha");
    }

    @Test
    void instanceGoesFromInitialisingToRunning() throws IOException {
        buy("alpha", 1, "a");

        pass(29);
        assertThat(status()).isEqualTo(0);
        pass(1);
        assertThat(status()).isEqualTo(1);
        pass(29);
        assertThat(status()).isEqualTo(1);
        pass(1);
        assertThat(status()).isEqualTo(2);
    }

    private int status() throws IOException {
        return exchange("DescribeInstances", "{}").at("/InstanceSet/0/Status").intValue();
    }

    @Test
    void listingIsPagedNewestFirstAndCountsAll() throws IOException {
        for (String name : List.of("one", "two", "three")) {
            buy(name, 1, "a");
            pass(10);
        }

        JsonNode page = exchange("DescribeInstances", "{'Limit':2,'Offset':0}");
        assertThat(page.get("TotalCount").intValue()).isEqualTo(3);
        assertThat(names("{'Limit':2,'Offset':0}")).containsExactly("three", "two");
        assertThat(names("{'Limit':2,'Offset':2}")).containsExactly("one");
        assertThat(names("{'OrderBy':'createtime','OrderType':0}")).containsExactly("one", "two", "three");
    }

    @Test
    void pageHoldsTwentyByDefault() throws IOException {
        buy("alpha", 30, "a");
        pass(10);

        assertThat(names("{}")).hasSize(20);
        assertThat(names("{'Limit':1000}")).hasSize(30);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'SearchKey':'plan-1'}                 | plan-10,plan-1",
                "{'InstanceName':'plan-1'}              | plan-10,plan-1",
                "{'SearchKeys':['plan-2','n-10']}       | plan-2,plan-10",
                "{'InstanceTags':[{'TagKey':'plan','TagValue':'a'}]} | plan-1",
                "{'InstanceTags':[{'TagKey':'plan','TagValue':'a'},{'TagKey':'all','TagValue':'x'}]} | plan-1",
                "{'InstanceTags':[{'TagKey':'plan','TagValue':'none'}]} | ''",
                "{'TagKeys':['plan']}                   | plan-2,plan-10,plan-1",
                "{'BillingMode':'postpaid'}             | plan-2,plan-10,plan-1",
                "{'BillingMode':'prepaid'}              | ''",
                "{'Status':[2]}                         | plan-1",
                "{'Status':[0,1,2],'SearchKey':'plan-2'} | plan-2",
                "{'InstanceIds':['crs-none']}           | ''",
                "{'AutoRenew':[1,2]}                    | ''",
                "{'AutoRenew':[0]}                      | plan-2,plan-10,plan-1",
                "{'Type':16,'TypeVersion':3,'TypeList':[16]} | plan-2,plan-10,plan-1",
                "{'Type':8}                             | ''",
                "{'TypeVersion':2}                      | ''",
                "{'EngineName':'Redis-6.2'}             | plan-2,plan-10,plan-1",
                "{'EngineName':'Redis-5.0'}             | ''",
                "{'ProjectIds':[0]}                     | plan-2,plan-10,plan-1",
                "{'ProjectIds':[7]}                     | ''",
                "{'UniqVpcIds':['vpc-1']}               | ''",
                "{'UniqSubnetIds':['subnet-1']}         | ''",
                "{'ProductVersions':['local']}          | plan-2,plan-10,plan-1",
                "{'ProductVersions':['cdc']}            | ''",
                "{'AzMode':'singleaz'}                  | plan-2,plan-10,plan-1",
                "{'AzMode':'multiaz'}                   | ''",
                "{'OrderBy':'instancename','OrderType':0} | plan-1,plan-10,plan-2",
                "{'OrderBy':'type','Limit':1000}        | *",
                "{'OrderBy':'projectId','Limit':1000}   | *",
                "{'OrderBy':'curDeadline','Limit':1000} | *",
                "{'VpcIds':['1'],'SubnetIds':['2'],'RegionIds':[9],'MonitorVersion':'5s'} | plan-2,plan-10,plan-1",
            })
    void filterNarrowsTheListing(String body, String expected) throws IOException {
        buy("plan-1", 1, "a");
        pass(60);
        buy("plan-10", 1, "b");
        pass(10);
        buy("plan-2", 1, "c");
        pass(5);

        if (expected.equals("*")) {
            assertThat(names(body)).containsExactlyInAnyOrder("plan-1", "plan-10", "plan-2");
            return;
        }
        assertThat(String.join(",", names(body))).isEqualTo(expected.equals("''") ? "" : expected);
    }

    @Test
    void idFiltersAreExact() throws IOException {
        String one = firstId(buy("one", 1, "a"));
        String two = firstId(buy("two", 1, "b"));
        buy("three", 1, "c");
        pass(10);

        assertThat(names("{'InstanceId':'" + one + "'}")).containsExactly("one");
        assertThat(names("{'InstanceIds':['" + one + "','" + two + "']}")).containsExactlyInAnyOrder("one", "two");
        assertThat(names("{'SearchKeys':['" + two + "']}")).containsExactly("two");
        assertThat(names("{'SearchKeys':['" + two.substring(0, 8) + "']}")).isEmpty();
    }

    @Test
    void listedInstanceShowsWhatWasOrdered() throws IOException {
        String id = firstId(buy("alpha", 1, "a"));
        pass(10);

        JsonNode instance = exchange("DescribeInstances", "{}").at("/InstanceSet/0");
        assertThat(instance.get("InstanceId").stringValue()).isEqualTo(id);
        assertThat(instance.get("ZoneId").intValue()).isEqualTo(100003);
        assertThat(instance.get("BillingMode").intValue()).isZero();
        assertThat(instance.get("Port").intValue()).isEqualTo(6379);
        assertThat(instance.at("/InstanceTags/0/TagValue").stringValue()).isEqualTo("a");
        assertThat(instance.get("Createtime").stringValue()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "DescribeInstances          | {'Limit':0}              | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'Limit':1001}           | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'OrderBy':'colour'}     | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'OrderType':2}          | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'Status':[-1]}          | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'AutoRenew':[3]}        | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'BillingMode':'free'}   | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'BillingMode':0}        | InvalidParameter",
                "DescribeInstances          | {'Type':1}               | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'TypeVersion':4}        | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'AzMode':'both'}        | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'ProductVersions':['2']} | InvalidParameter.InvalidParameter",
                "DescribeTaskInfo           | {}                       | MissingParameter",
                "DescribeTaskInfo           | {'TaskId':'1'}           | InvalidParameter",
                "DescribeTaskInfo           | {'TaskId':1}             | InvalidParameter.InvalidParameter",
                "DescribeTaskList           | {'Limit':101}            | InvalidParameter.InvalidParameter",
                "DescribeTaskList           | {'Result':[3]}           | InvalidParameter.InvalidParameter",
                "DescribeTaskList           | {'BeginTime':'today'}    | InvalidParameter.InvalidParameter",
                "DescribeInstances          | {'Marker':'x'}           | UnknownParameter",
                "DescribeInstances          | {'InstanceIds':'crs-1'}  | InvalidParameter",
                "DescribeInstanceDealDetail | {}                       | MissingParameter",
                "DescribeInstanceDealDetail | {'DealIds':['1','2','3','4','5','6','7','8','9','10','11']} | InvalidParameterValue",
                "DescribeInstanceBackups    | {'Limit':101}            | InvalidParameter.InvalidParameter",
                "DescribeInstanceBackups    | {'InstanceId':'cdb-1'}   | ResourceNotFound.InstanceNotExists",
            })
    void invalidRequestIsRefused(String action, String body, String code) throws IOException {
        assertThat(exchange(action, body).at("/Error/Code").asString()).isEqualTo(code);
    }

    /** The vendor's model has a field for each parameter, with its type. */
    @ParameterizedTest
    @MethodSource
    void everyParameterOfTheApiIsUnderstoodAndItsTypeIsChecked(String action, Class<?> request, int parameters)
            throws IOException {
        List<Field> fields = Arrays.stream(request.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(SerializedName.class))
                .toList();
        assertThat(fields).hasSize(parameters);
        for (Field field : fields) {
            String name = field.getAnnotation(SerializedName.class).value();
            for (String wrong : wrongFor(field.getType())) {
                JsonNode response = exchange(action, "{'" + name + "':" + wrong + "}");
                assertThat(response.at("/Error/Code").asString())
                        .as("%s: %s", name, wrong)
                        .isEqualTo("InvalidParameter");
                assertThat(response.at("/Error/Message").asString()).contains("`" + name);
            }
        }
    }

    static Stream<Arguments> everyParameterOfTheApiIsUnderstoodAndItsTypeIsChecked() {
        return Stream.of(
                Arguments.of("DescribeInstances", DescribeInstancesRequest.class, 27),
                Arguments.of("DescribeInstanceBackups", DescribeInstanceBackupsRequest.class, 7));
    }

    private static List<String> wrongFor(Class<?> type) {
        return type.isArray()
                ? List.of("{}", "'x'", type.getComponentType() == String.class ? "[1]" : "['x']")
                : type == String.class ? List.of("1", "['x']") : List.of("'1'", "1.5", "[1]");
    }

    @Test
    void dealIsFoundByEitherOfItsNames() throws IOException {
        JsonNode bought = buy("alpha", 2, "a");
        JsonNode other = buy("beta", 1, "b");
        String dealId = bought.get("DealId").stringValue();
        String dealName = other.get("DealName").stringValue();
        pass(60);

        JsonNode byId = exchange("DescribeInstanceDealDetail", "{'DealIds':['" + dealId + "']}")
                .get("DealDetails");
        JsonNode byName = exchange("DescribeInstanceDealDetail", "{'DealName':'" + dealName + "'}")
                .get("DealDetails");

        assertThat(byId).hasSize(1);
        assertThat(byId.get(0).get("InstanceIds")).isEqualTo(bought.get("InstanceIds"));
        assertThat(byId.get(0).get("GoodsNum").intValue()).isEqualTo(2);
        assertThat(byId.get(0).get("Status").intValue()).isEqualTo(4);
        assertThat(byName).hasSize(1);
        assertThat(byName.get(0).get("InstanceIds")).isEqualTo(other.get("InstanceIds"));
    }

    @Test
    void hundredAndOneIdsAreTooMany() throws IOException {
        assertThat(names(ids(100))).isEmpty();
        assertThat(exchange("DescribeInstances", ids(101)).at("/Error/Code").asString())
                .isEqualTo("InvalidParameter.InvalidParameter");
    }

    private static String ids(int number) {
        return IntStream.range(0, number)
                .mapToObj(index -> "'crs-" + index + "'")
                .collect(Collectors.joining(",", "{'InstanceIds':[", "]}"));
    }

    @Test
    void instanceIsListedInItsRegionOnly() throws IOException {
        buy("alpha", 1, "a");
        pass(60);

        SignedRequest elsewhere =
                SignedRequest.of(simulator, "DescribeInstances", "{}").header("X-TC-Region", "ap-shanghai");
        assertThat(Wire.exchange(simulator, elsewhere).get("TotalCount").intValue())
                .isZero();
        assertThat(names("{}")).containsExactly("alpha");
    }

    @Test
    void cloneHasTheSpecificationOfItsSource() throws IOException {
        try (Simulator known = Simulator.builder()
                .source(Source.of("crs-source01").specification(8, 4096, 1, 2))
                .start()) {
            Wire.exchange(known, SignedRequest.clone(known));
            JsonNode all = Wire.exchange(known, SignedRequest.of(known, "DescribeInstances", "{}"));
            String byId = "{\"InstanceIds\":[\"crs-source01\"]}";
            JsonNode source = Wire.exchange(known, SignedRequest.of(known, "DescribeInstances", byId));

            assertThat(all.get("TotalCount").intValue()).isEqualTo(2);
            for (JsonNode each : List.of(all.at("/InstanceSet/0"), source.at("/InstanceSet/0"))) {
                assertThat(each.get("Type").intValue()).isEqualTo(8);
                assertThat(each.get("RedisShardSize").intValue()).isEqualTo(4096);
                assertThat(each.get("RedisReplicasNum").intValue()).isEqualTo(2);
                assertThat(each.get("ProductType").stringValue()).isEqualTo("standalone");
                assertThat(each.get("Status").intValue()).isEqualTo(2);
            }
        }
    }

    @Test
    void backupOfASourceCanBeListed() throws IOException {
        JsonNode backups = exchange("DescribeInstanceBackups", "{'InstanceId':'crs-source01'}");

        assertThat(backups.get("TotalCount").intValue()).isEqualTo(1);
        assertThat(backups.at("/BackupSet/0/BackupId").stringValue()).isNotBlank();
        assertThat(backups.at("/BackupSet/0/Status").intValue()).isEqualTo(2);
    }
}
