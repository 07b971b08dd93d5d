package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The look-ups of a client before it buys, and the stock, quota, money and addresses that a purchase uses up. */
class BeforeBuyingTest {

    private static final Map<String, String> VERSIONS = Map.of(
            "DescribeSubnets", "2017-03-12", "DescribeAccountBalance", "2018-07-09", "GetCallerIdentity", "2018-08-13");
    private static final Map<String, String> SERVICES =
            Map.of("DescribeSubnets", "vpc", "DescribeAccountBalance", "billing", "GetCallerIdentity", "sts");

    @AutoClose
    private Simulator simulator;

    @BeforeEach
    void start() {
        simulator = options().start();
    }

    private static SimulatorBuilder options() {
        return Simulator.builder().limit(RateLimit.none());
    }

    private void restart(SimulatorBuilder other) {
        simulator.close();
        simulator = other.start();
    }

    private SignedRequest request(String action, String body) {
        return SignedRequest.of(simulator, action, body.replace('\'', '"'))
                .service(SERVICES.getOrDefault(action, "redis"))
                .header("X-TC-Version", VERSIONS.getOrDefault(action, "2018-04-12"));
    }

    private JsonNode exchange(String action, String body) throws IOException {
        return Wire.exchange(simulator, request(action, body));
    }

    private String refusal(String action, String body) throws IOException {
        return exchange(action, body).at("/Error/Code").asString("");
    }

    private String buy(String... replacements) throws IOException {
        SignedRequest request = SignedRequest.clone(simulator);
        for (int index = 0; index < replacements.length; index += 2) {
            request = request.replacing(replacements[index], replacements[index + 1]);
        }
        return Wire.refusal(simulator, request);
    }

    private String buyInSubnet(String vpc, String subnet) throws IOException {
        return buy("\"ZoneId\"", "\"VpcId\":\"" + vpc + "\",\"SubnetId\":\"" + subnet + "\",\"ZoneId\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // The official example, and the results of its formula for others.
                "{'TypeId':9,'MemSize':4096,'GoodsNum':3,'BillingMode':0,'Period':1,'ZoneId':100003,'RedisShardNum':1,'RedisReplicasNum':1} | 280.0224 | 280",
                "{'TypeId':15,'MemSize':1024,'GoodsNum':1,'BillingMode':0,'Period':1,'ZoneId':100003,'RedisReplicasNum':2} | 31.68 | 32",
                "{'TypeId':16,'MemSize':2048,'GoodsNum':2,'BillingMode':0,'Period':1,'ZoneName':'ap-guangzhou-3','RedisShardNum':3,'RedisReplicasNum':1} | 280.0224 | 280",
                "{'TypeId':8,'MemSize':4096,'GoodsNum':1,'BillingMode':1,'Period':1,'ZoneId':100003} | 30400 | 30400",
                "{'TypeId':8,'MemSize':256,'GoodsNum':1,'BillingMode':1,'Period':2,'ZoneId':100003} | 3800 | 3800",
            })
    void priceFollowsThePublishedFormula(String body, double exact, double rounded) throws IOException {
        JsonNode price = exchange("InquiryPriceCreateInstance", body);

        assertThat(price.get("HighPrecisionPrice").doubleValue()).isCloseTo(exact, within(1e-6));
        assertThat(price.get("Price").doubleValue()).isEqualTo(rounded);
        assertThat(price.get("Currency").stringValue()).isEqualTo("CNY");
        assertThat(price.get("AmountUnit").stringValue()).isEqualTo("pent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'TypeId':9      | 'TypeId':20      | InvalidParameterValue.SpecNotExist",
                "'TypeId':9      | 'TypeId':1       | InvalidParameterValue.SpecNotExist",
                "'MemSize':4096  | 'MemSize':3072   | InvalidParameterValue.SpecNotExist",
                "'MemSize':4096  | 'MemSize':256    | InvalidParameterValue.SpecNotExist",
                "'RedisShardNum':1 | 'RedisShardNum':2 | InvalidParameterValue.SpecNotExist",
                "'RedisReplicasNum':1 | 'RedisReplicasNum':6 | InvalidParameterValue.SpecNotExist",
                "'ZoneId':100003 | 'ZoneId':1       | InvalidParameterValue.SpecNotExist",
                "'ZoneId':100003 | 'ZoneName':'mars-1' | InvalidParameterValue.SpecNotExist",
                "'ZoneId':100003, | ''              | MissingParameter",
                "'TypeId':9,     | ''               | MissingParameter",
                "'Period':1      | 'Period':48      | InvalidParameterValue",
                "'GoodsNum':3    | 'GoodsNum':'3'   | InvalidParameter",
            })
    void unknownSpecificationHasNoPrice(String part, String other, String code) throws IOException {
        String body = "{'TypeId':9,'MemSize':4096,'GoodsNum':3,'BillingMode':0,'Period':1,'ZoneId':100003,"
                + "'RedisShardNum':1,'RedisReplicasNum':1}";

        assertThat(refusal("InquiryPriceCreateInstance", body.replace(part, other.equals("''") ? "" : other)))
                .isEqualTo(code);
    }

    @Test
    void stockGoesDownUntilTheZoneIsSoldOut() throws IOException {
        restart(options().stock(100003, 4).mostPerPurchase(3));
        assertThat(zone().get("IsSaleout").booleanValue()).isFalse();
        assertThat(zone().at("/ProductSet/0/MaxBuyNum").intValue()).isEqualTo(3);

        assertThat(buy("\"GoodsNum\":2", "\"GoodsNum\":4"))
                .isEqualTo("LimitExceeded.InvalidParameterGoodsNumNotInRange");
        assertThat(buy()).isEmpty();
        assertThat(buy("\"GoodsNum\":2", "\"GoodsNum\":3")).isEqualTo("ResourceUnavailable.SaleOut");
        assertThat(buy()).isEmpty();
        assertThat(buy()).isEqualTo("ResourceUnavailable.SaleOut");
        assertThat(zone().get("IsSaleout").booleanValue()).isTrue();
        assertThat(zone().at("/ProductSet/0/Saleout").booleanValue()).isTrue();
        assertThat(buy("100003", "100004")).isEmpty();
    }

    private JsonNode zone() throws IOException {
        return exchange("DescribeProductInfo", "{}")
                .get("RegionSet")
                .valueStream()
                .flatMap(region -> region.get("ZoneSet").valueStream())
                .filter(zone -> zone.get("OldZoneId").intValue() == 100003)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void quotaIsThatOfTheRegionAndOfPayAsYouGo() throws IOException {
        restart(options().quota("ap-guangzhou", 3));

        assertThat(buy()).isEmpty();
        assertThat(buy()).isEqualTo("LimitExceeded.ReachTheAmountLimit");
        assertThat(buy("\"BillingMode\":0", "\"BillingMode\":1")).isEmpty();
        assertThat(Wire.refusal(simulator, SignedRequest.clone(simulator).header("X-TC-Region", "ap-shanghai")))
                .isEmpty();
        assertThat(exchange("DescribeInstances", "{'BillingMode':'postpaid','Limit':1}")
                        .get("TotalCount")
                        .intValue())
                .isEqualTo(2);
    }

    @Test
    void payAsYouGoFreezesTheFirstHourAndPrepaidIsPaidFor() throws IOException {
        restart(options().balance(100_000).account("100000000007"));

        buy();
        buy("\"BillingMode\":0", "\"BillingMode\":1");

        // Two clusters of 1 GB with a replica: 4 GB at 11.6676 fen an hour, and at 4200 fen a month.
        JsonNode balance = exchange("DescribeAccountBalance", "{}");
        assertThat(balance.get("Uin").longValue()).isEqualTo(100000000007L);
        assertThat(balance.get("FreezeAmount").doubleValue()).isCloseTo(46.6704, within(1e-6));
        assertThat(balance.get("CashAccountBalance").doubleValue()).isEqualTo(83_200);
        assertThat(balance.get("RealBalance").doubleValue()).isCloseTo(83_153.3296, within(1e-6));
        assertThat(balance.get("Balance").longValue()).isEqualTo(83_153);
        String deal = simulator.books().executions().get(1).dealName();
        assertThat(exchange("DescribeInstanceDealDetail", "{'DealName':'" + deal + "'}")
                        .at("/DealDetails/0/Price")
                        .intValue())
                .isEqualTo(16_800);
    }

    @Test
    void purchaseBeyondTheBalanceIsNotPaid() throws IOException {
        restart(options().balance(40));

        assertThat(buy()).isEqualTo("FailedOperation.PayFailed");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void freeAddressesOfASubnetGoDown() throws IOException {
        restart(options().subnet("vpc-1", "subnet-1", 100003, 3).subnet("vpc-1", "subnet-2", 100004, 9));

        assertThat(buyInSubnet("vpc-1", "subnet-1")).isEmpty();

        JsonNode subnet = exchange(
                        "DescribeSubnets",
                        "{'Filters':[{'Name':'subnet-id','Values':['subnet-1']}],'Offset':'0','Limit':'100'}")
                .at("/SubnetSet/0");
        assertThat(subnet.get("AvailableIpAddressCount").intValue()).isEqualTo(1);
        assertThat(subnet.get("Zone").stringValue()).isEqualTo("ap-guangzhou-3");
        assertThat(subnet.get("VpcId").stringValue()).isEqualTo("vpc-1");
        assertThat(buyInSubnet("vpc-1", "subnet-1")).isEqualTo("ResourceUnavailable.NoEnoughVipInVPC");
        assertThat(buyInSubnet("vpc-2", "subnet-1")).isEqualTo("InvalidParameterValue.UnVpcIdNotExists");
        assertThat(buyInSubnet("vpc-1", "subnet-3")).isEqualTo("InvalidParameterValue.InvalidSubnetId");
        assertThat(buyInSubnet("vpc-1", "subnet-2")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'Offset':0}                          | InvalidParameter",
                "{'Limit':20}                          | InvalidParameter",
                "{'Limit':'101'}                       | InvalidParameterValue.Range",
                "{'Limit':'many'}                      | InvalidParameterValue.Malformed",
                "{'SubnetIds':['subnet-9']}            | ResourceNotFound",
                "{'Filters':[{'Name':'colour','Values':['x']}]} | InvalidParameter.FilterInvalidKey",
                "{'Filters':[],'SubnetIds':['subnet-1']} | InvalidParameter.Coexist",
                "{'VpcId':'vpc-1'}                     | UnknownParameter",
            })
    void pagingOfSubnetsIsAText(String body, String code) throws IOException {
        restart(options().subnet("vpc-1", "subnet-1", 100003, 3));

        assertThat(refusal("DescribeSubnets", body)).isEqualTo(code);
    }

    @Test
    void subnetsArePaged() throws IOException {
        restart(options().subnet("vpc-1", "subnet-1", 100003, 3).subnet("vpc-2", "subnet-2", 100004, 9));

        JsonNode page = exchange("DescribeSubnets", "{'Offset':'1','Limit':'1'}");

        assertThat(page.get("TotalCount").intValue()).isEqualTo(2);
        assertThat(page.get("SubnetSet")).hasSize(1);
        assertThat(exchange("DescribeSubnets", "{'Filters':[{'Name':'zone','Values':['ap-guangzhou-4']}]}")
                        .at("/SubnetSet/0/SubnetId")
                        .asString())
                .isEqualTo("subnet-2");
    }

    @Test
    void securityGroupsAreThoseOfTheProject() throws IOException {
        restart(options().securityGroups("sg-1", "sg-2", "sg-bmadczm1"));

        JsonNode groups = exchange("DescribeProjectSecurityGroups", "{'Product':'redis','SearchKey':'sg-2'}");

        assertThat(groups.get("Total").intValue()).isEqualTo(1);
        assertThat(groups.at("/Groups/0/SecurityGroupId").asString()).isEqualTo("sg-2");
        assertThat(exchange("DescribeProjectSecurityGroups", "{'Product':'redis','Limit':2,'Offset':2}")
                        .get("Groups"))
                .hasSize(1);
        assertThat(refusal("DescribeProjectSecurityGroups", "{'Product':'mysql'}"))
                .isEqualTo("InvalidParameter.InvalidParameter");
        assertThat(buy()).isEmpty();
        assertThat(buy("sg-bmadczm1", "sg-none")).isEqualTo("InvalidParameterValue.SecurityGroupIdsNotExists");
    }

    @Test
    void instanceShowsTheSecurityGroupsItWasOrderedWith() throws IOException {
        buy("\"sg-bmadczm1\"", "\"sg-1\",\"sg-2\"");
        String id = simulator.books().instanceIds().get(0);

        JsonNode details = exchange("DescribeInstanceSecurityGroup", "{'InstanceIds':['" + id + "','crs-source01']}")
                .get("InstanceSecurityGroupsDetail");

        assertThat(details.at("/0/SecurityGroupDetails/1/SecurityGroupId").asString())
                .isEqualTo("sg-2");
        assertThat(details.at("/1/SecurityGroupDetails/0/SecurityGroupId").asString())
                .isEqualTo("sg-bmadczm1");
    }

    @Test
    void templatesAreFoundByIdAndType() throws IOException {
        restart(options().template("crs-cfg-1", 16).template("crs-cfg-2", 15));

        assertThat(exchange("DescribeParamTemplates", "{'ProductTypes':[15]}")
                        .at("/Items/0/TemplateId")
                        .asString())
                .isEqualTo("crs-cfg-2");
        assertThat(exchange("DescribeParamTemplates", "{'TemplateIds':['crs-cfg-1','crs-cfg-9']}")
                        .get("TotalCount")
                        .intValue())
                .isEqualTo(1);
        assertThat(exchange("DescribeParamTemplates", "{'Limit':0}")
                        .get("TotalCount")
                        .intValue())
                .isEqualTo(2);
        assertThat(buy("\"ZoneId\"", "\"TemplateId\":\"crs-cfg-1\",\"ZoneId\"")).isEmpty();
        assertThat(buy("\"ZoneId\"", "\"TemplateId\":\"crs-cfg-9\",\"ZoneId\""))
                .isEqualTo("InvalidParameterValue.CheckNotPass");
    }

    @Test
    void partsThatAreNotConfiguredAreAssumedToExist() throws IOException {
        JsonNode subnet = exchange(
                        "DescribeSubnets",
                        "{'Filters':[{'Name':'vpc-id','Values':['vpc-7']},{'Name':'subnet-id','Values':['subnet-7']}]}")
                .at("/SubnetSet/0");

        assertThat(subnet.get("VpcId").asString()).isEqualTo("vpc-7");
        assertThat(subnet.get("AvailableIpAddressCount").intValue()).isPositive();
        assertThat(exchange("DescribeProjectSecurityGroups", "{'Product':'redis','SearchKey':'sg-7'}")
                        .at("/Groups/0/SecurityGroupId")
                        .asString())
                .isEqualTo("sg-7");
        assertThat(exchange("DescribeParamTemplates", "{'TemplateIds':['crs-cfg-7']}")
                        .at("/Items/0/TemplateId")
                        .asString())
                .isEqualTo("crs-cfg-7");
    }

    @Test
    void callerIsAUserOfTheAccountOrARole() throws IOException {
        TemporaryKeys keys = new TemporaryKeys();
        restart(options().account("100000000007").temporaryKeys(keys));
        TemporaryKeys.Key key = keys.issue(Clock.systemUTC().instant(), Duration.ofHours(1));

        JsonNode user = exchange("GetCallerIdentity", "{}");
        JsonNode role = Wire.exchange(
                simulator,
                request("GetCallerIdentity", "{}").key(key.id(), key.secret()).header("X-TC-Token", key.token()));

        assertThat(user.get("AccountId").stringValue()).isEqualTo("100000000007");
        assertThat(user.get("Type").stringValue()).isEqualTo("CAMUser");
        assertThat(role.get("AccountId").stringValue()).isEqualTo("100000000007");
        assertThat(role.get("Type").stringValue()).isEqualTo("CAMRole");
    }

    @Test
    void eachActionHasTheServiceVersionAndHostOfItsApi() throws IOException {
        SignedRequest subnets = request("DescribeSubnets", "{}");

        assertThat(Wire.refusal(simulator, subnets)).isEmpty();
        assertThat(Wire.refusal(simulator, subnets.service("redis"))).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(Wire.refusal(simulator, subnets.header("X-TC-Version", "2018-04-12")))
                .isEqualTo("NoSuchVersion");
        assertThat(Wire.refusal(simulator, subnets.header("Host", "vpc.ap-guangzhou.tencentcloudapi.com")))
                .isEmpty();
        assertThat(Wire.refusal(simulator, subnets.header("Host", "redis.tencentcloudapi.com")))
                .isEqualTo("InvalidAction");
        assertThat(Wire.refusal(simulator, subnets.without("X-TC-Region"))).isEqualTo("MissingParameter");
        assertThat(Wire.refusal(
                        simulator, request("DescribeAccountBalance", "{}").without("X-TC-Region")))
                .isEmpty();
    }

    @Test
    void deniedActionIsRefusedUntilItIsAllowedAgain() throws IOException {
        for (String action : List.of("DescribeInstances", "DescribeAccountBalance", "CloneInstances")) {
            simulator.deny(action, "UnauthorizedOperation.NoCAMAuthed");
        }

        JsonNode error = exchange("DescribeAccountBalance", "{}").get("Error");
        assertThat(error.get("Code").stringValue()).isEqualTo("UnauthorizedOperation.NoCAMAuthed");
        assertThat(error.get("Message").stringValue()).contains("(finance:DescribeAccountBalance)");
        assertThat(exchange("DescribeInstances", "{}").at("/Error/Message").asString())
                .contains("(redis:DescribeInstances)");
        assertThat(buy()).isEqualTo("UnauthorizedOperation.NoCAMAuthed");
        assertThat(simulator.books().bought()).isZero();
        simulator.allow("CloneInstances");
        assertThat(buy()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> simulator.deny("Describe", "x"));
    }

    @Test
    void eachActionHasALimitOfItsOwn() {
        Map<String, Integer> limits =
                Map.of("CloneInstances", 20, "DescribeInstances", 35, "DescribeSubnets", 100, "DescribeTaskList", 100);
        RequestIntake intake =
                new RequestIntake(() -> 0, Map.of(), Duration.ZERO, Duration.ZERO, Misbehaviour.none(), new Books(), 1);

        for (Action action : Action.values()) {
            int limit = limits.getOrDefault(action.wireName, 20);
            for (int sent = 0; sent < limit; sent++) {
                assertThat(intake.admit(action.wireName, true).overLimit()).isFalse();
            }
            assertThat(intake.admit(action.wireName, true).overLimit())
                    .as(action.wireName)
                    .isTrue();
        }
    }
}
