package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ramet.error.InvalidValueException;
import io.ramet.model.CloneRequest;
import io.ramet.model.Fixtures;
import io.ramet.model.PasswordPolicy;
import io.ramet.model.Period;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ReadRequestTest {

    private static final String MINIMAL = """
            {"InstanceId": "crs-xjhsdj12", "BackupId": "154572601-1165734322-153705740", "GoodsNum": 250,
             "ZoneId": 100003, "BillingMode": 0, "SecurityGroupIdList": ["sg-bmadczm1"],
             "Password": "Never-Print-Me-7"}""";

    @Test
    void onlyRequiredFieldsNeedToBePresent() {
        assertThat(read(MINIMAL)).isEqualTo(Fixtures.minimal().build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"InstanceId", "BackupId", "GoodsNum", "ZoneId", "BillingMode", "SecurityGroupIdList"})
    void aRequiredFieldIsNamedIfItIsMissingOrNull(String field) {
        ObjectNode absent = minimal();
        absent.remove(field);
        ObjectNode isNull = minimal();
        isNull.putNull(field);

        assertThat(refusal(absent.toString())).hasMessage(field + " (none): is required");
        assertThat(refusal(isNull.toString())).hasMessage(field + " (none): is required");
    }

    @Test
    void aMonthlyRequestNeedsAPeriod() {
        assertThat(refusal(minimal().put("BillingMode", 1).toString())).hasMessage("Period (none): is required");
        assertThat(read(minimal().put("BillingMode", 1).put("Period", 36).toString())
                        .period())
                .isEqualTo(new Period(36));
    }

    @Test
    void aFieldThatIsNullCountsAsAbsent() {
        ObjectNode nulls = minimal();
        for (String field : new String[] {
            "Period",
            "NoAuth",
            "EncryptPassword",
            "PasswordPolicy",
            "VpcId",
            "SubnetId",
            "InstanceName",
            "VPort",
            "AutoRenew",
            "NodeSet",
            "ProjectId",
            "ResourceTags",
            "TemplateId",
            "AlarmPolicyList",
            "CloneTime",
            "EnableSSL",
            "SSLBindPrivateIPv4",
            "ProductVersion"
        }) {
            nulls.putNull(field);
        }

        assertThat(read(nulls.toString())).isEqualTo(Fixtures.minimal().build());
    }

    @Test
    void aPasswordPolicyIsFilledUpWithTheApisDefaults() {
        ObjectNode request = minimal();
        request.putObject("PasswordPolicy").put("Enabled", true).put("MinDigitCount", 3);

        assertThat(read(request.toString()).passwordPolicy()).isEqualTo(new PasswordPolicy(true, 1, 3, 1, 8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GoodsNum            | 2.5                            | [\"GoodsNum\"]",
                "GoodsNum            | \"250\"                        | [\"GoodsNum\"]",
                "GoodsNum            | 99999999999                    | [\"GoodsNum\"]",
                "GoodsNum            | 1e3                            | [\"GoodsNum\"]",
                "ZoneId              | true                           | [\"ZoneId\"]",
                "BillingMode         | 2                              | [\"BillingMode\"]",
                "BillingMode         | \"0\"                          | [\"BillingMode\"]",
                "BillingMode         | 0.5                            | [\"BillingMode\"]",
                "Period              | 1.5                            | [\"Period\"]",
                "Period              | \"1\"                          | [\"Period\"]",
                "NoAuth              | 1                              | [\"NoAuth\"]",
                "NoAuth              | \"true\"                       | [\"NoAuth\"]",
                "SecurityGroupIdList | \"sg-1\"                       | [\"SecurityGroupIdList\"]",
                "SecurityGroupIdList | [7]                            | [\"SecurityGroupIdList\"]->[0]",
                "SecurityGroupIdList | [\"sg-1\",null]                | [\"SecurityGroupIdList\"]->[1]",
                "VpcId               | 7                              | [\"VpcId\"]",
                "VPort               | \"6380\"                       | [\"VPort\"]",
                "AutoRenew           | 3                              | [\"AutoRenew\"]",
                "CloneTime           | \"2026-03-04T05:06:07\"        | [\"CloneTime\"]",
                "CloneTime           | \"2026-02-30 05:06:07\"        | [\"CloneTime\"]",
                "NodeSet             | [{\"ZoneId\":1}]               | [\"NodeSet\"]->[0]->[\"NodeType\"]",
                "NodeSet             | [{\"NodeType\":2}]             | [\"NodeSet\"]->[0]->[\"NodeType\"]",
                "NodeSet             | [{\"NodeType\":0,\"Node\":1}]  | [\"NodeSet\"]->[0]->[\"Node\"]",
                "ResourceTags        | [{\"TagKey\":\"k\"}]           | [\"ResourceTags\"]->[0]->[\"TagValue\"]",
                "ResourceTags        | [{\"TagKey\":\"k\",\"TagValue\":null}] | [\"ResourceTags\"]->[0]->[\"TagValue\"]",
                "ResourceTags        | [{\"TagValue\":\"v\"}]         | [\"ResourceTags\"]->[0]->[\"TagKey\"]",
                "PasswordPolicy      | {}                             | [\"PasswordPolicy\"]->[\"Enabled\"]",
                "PasswordPolicy      | {\"Enabled\":null}             | [\"PasswordPolicy\"]->[\"Enabled\"]",
                "Unknown             | 1                              | [\"Unknown\"]",
                "goodsNum            | 1                              | [\"goodsNum\"]",
                "ClientToken         | \"x\"                          | [\"ClientToken\"]"
            })
    void aWrongTypeOrAnUnknownFieldIsRefusedWithItsPlace(String field, String value, String place) {
        ObjectNode request = minimal();
        request.set(field, JsonMapper.shared().readTree(value));

        InvalidValueException refusal = refusal(request.toString());

        assertThat(refusal.field()).isEqualTo("request");
        assertThat(refusal.value()).isEqualTo(place);
    }

    @Test
    void aNumberThatStandsForNothingIsRefusedWithThoseThatDo() {
        assertThat(refusal(minimal().put("BillingMode", 7).toString()))
                .hasMessage("request [\"BillingMode\"]: must be 0 (pay as you go) or 1 (monthly)");
        assertThat(refusal(minimal().put("AutoRenew", 3).toString()).rule())
                .isEqualTo("must be 0 (manual) or 1 (automatic) or 2 (never)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"text\"", "{", "{}x", "<html>", "{\"a\":}", "[[[["})
    void anythingButAJsonObjectIsRefused(String json) {
        assertThat(refusal(json).field()).isIn("request", "InstanceId");
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(refusal("{\"NodeSet\":" + "[".repeat(100_000)).field()).isEqualTo("request");
    }

    @Test
    void aFieldThatStandsTwiceIsRefused() {
        assertThat(refusal(MINIMAL.replace("{", "{\"GoodsNum\": 3, ")).rule()).endsWith("no field twice");
    }

    @Test
    void aBrokenRuleIsReportedAsTheBuilderReportsIt() {
        assertThat(refusal(minimal().put("GoodsNum", 0).toString())).hasMessage("goodsNum 0: must be 1 or more");
        assertThat(refusal(minimal().put("Period", 13).toString()))
                .hasMessage("period 13: must be 1 to 12, 24, 36, 48 or 60 months");
        assertThat(refusal(minimal().put("Period", 2).toString())).hasMessage("period 2: must be 1 for pay-as-you-go");
        assertThat(refusal(minimal().put("VpcId", "vpc-1").toString()))
                .hasMessage("vpcId vpc-1, subnetId null: must come together");
        assertThat(refusal(minimal().put("SubnetId", "subnet-1").toString()))
                .hasMessage("vpcId null, subnetId subnet-1: must come together");
        assertThat(refusal(minimal().put("Password", "short").toString())).hasMessageStartingWith("password ***: ");
        ObjectNode tagged = minimal();
        tagged.putArray("ResourceTags").addObject().put("TagKey", " ").put("TagValue", "v");
        assertThat(refusal(tagged.toString())).hasMessage("resourceTags.key ' ': must not be blank");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Password\": \"\\uNever-Print-Me-7\"",
                "\"Password\": Never-Print-Me-7",
                "\"Password\": {\"x\": \"Never-Print-Me-7\"}",
                "\"Password\": [\"Never-Print-Me-7\"]",
                "\"Password\": \"Never-Print-Me-7",
                "\"Password\": 'Never-Print-Me-7'",
                "\"Password\": \"Never-Print-Me-7 \"",
                "\"Password\": \"Never-Print-Me-7\", \"NoAuth\": true",
                "\"Password\": \"Never-Print-Me-7\", \"GoodsNum\": \"x\""
            })
    void aRefusalNeverQuotesThePassword(String password) {
        InvalidValueException refusal = refusal(MINIMAL.replace("\"Password\": \"Never-Print-Me-7\"", password));

        assertThat(refusal.toString() + refusal.value() + refusal.rule()).doesNotContain("Never-Print-Me-7");
        assertThat(refusal).hasNoCause();
    }

    @Test
    void noTruncationAndNoDamageEscapesAsAnotherException() {
        for (int end = 0; end < MINIMAL.length(); end++) {
            assertThat(refusal(MINIMAL.substring(0, end))).as("cut at %d", end).hasNoCause();
        }
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            StringBuilder damaged = new StringBuilder(MINIMAL);
            damaged.setCharAt(random.nextInt(MINIMAL.length()), "{}[]\",:0x\\\0é".charAt(random.nextInt(12)));
            try {
                read(damaged.toString());
            } catch (InvalidValueException refusal) {
                assertThat(refusal).as("seed %d", seed).hasNoCause();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + damaged, e);
            }
        }
    }

    private static ObjectNode minimal() {
        return (ObjectNode) JsonMapper.shared().readTree(MINIMAL);
    }

    private static CloneRequest read(String json) {
        return RequestJson.shared().read(json);
    }

    private static InvalidValueException refusal(String json) {
        InvalidValueException refusal = catchThrowableOfType(InvalidValueException.class, () -> read(json));
        assertThat(refusal).as(json).isNotNull();
        return refusal;
    }
}
