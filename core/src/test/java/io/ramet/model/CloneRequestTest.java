package io.ramet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ramet.error.InvalidValueException;
import io.ramet.plan.ClonePlan;
import java.time.LocalDateTime;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloneRequestTest {

    private static final String PASSWORD_RULE =
            "must be 8 to 64 characters of at least two kinds out of lower case, upper case, digits and "
                    + "()`~!@#$%^&*-+=_|{}[]:;<>,.?/ and must not start with a slash";

    static Stream<Arguments> broken() {
        return Stream.of(
                refused("no instanceId", b -> b.instanceId(""), "instanceId", "''", "must not be blank"),
                refused("blank instanceId", b -> b.instanceId(" "), "instanceId", "' '", "must not be blank"),
                refused("no backupId", b -> b.backupId(""), "backupId", "''", "must not be blank"),
                refused("blank backupId", b -> b.backupId("\t"), "backupId", "'\t'", "must not be blank"),
                refused("goodsNum 0", b -> b.goodsNum(0), "goodsNum", "0", "must be 1 or more"),
                refused("goodsNum below 0", b -> b.goodsNum(-5), "goodsNum", "-5", "must be 1 or more"),
                refused(
                        "no zone",
                        b -> b.zoneId(0),
                        "zoneId",
                        "0",
                        "is required: the numeric id of a zone, such as 100003"),
                refused("13 months", b -> b.monthly(13), "period", "13", "must be 1 to 12, 24, 36, 48 or 60 months"),
                refused("no month", b -> b.monthly(0), "period", "0", "must be 1 to 12, 24, 36, 48 or 60 months"),
                refused("no group", b -> b.securityGroups(), "securityGroupIds", "[]", "must name at least one"),
                refused(
                        "a blank group",
                        b -> b.securityGroups("sg-1", " "),
                        "securityGroupIds",
                        "' '",
                        "must not be blank"),
                refused("a blank VPC", b -> b.vpc(" ", "s-1"), "vpcId", "' '", "must not be blank"),
                refused("a blank subnet", b -> b.vpc("vpc-1", ""), "subnetId", "''", "must not be blank"),
                refused("VPort 1023", b -> b.vPort(1023), "vPort", "1023", "must be 1024 to 65535"),
                refused("VPort 65536", b -> b.vPort(65536), "vPort", "65536", "must be 1024 to 65535"),
                refused("a blank template", b -> b.templateId(" "), "templateId", "' '", "must not be blank"),
                refused("a blank version", b -> b.productVersion(""), "productVersion", "''", "must not be blank"),
                refused("a blank alarm", b -> b.alarmPolicies("p", ""), "alarmPolicies", "''", "must not be blank"),
                refused("a blank tag key", b -> b.tag(" ", "v"), "resourceTags.key", "' '", "must not be blank"),
                refused(
                        "a node nowhere",
                        b -> b.nodes(RedisNode.master(0)),
                        "nodes.zoneId",
                        "0",
                        "must be the numeric id of a zone"),
                refused(
                        "a node in a blank zone",
                        b -> b.nodes(new RedisNode(RedisNode.Role.REPLICA, null, null, " ")),
                        "nodes.zoneName",
                        "' '",
                        "must not be blank"),
                refused(
                        "TLS address without TLS",
                        b -> b.sslBindPrivateIpv4(true),
                        "sslBindPrivateIpv4",
                        "true",
                        "needs enableSsl"),
                refused("password and noAuth", b -> b.noAuth(), "password", "***", "must be absent with noAuth"),
                refused(
                        "half a second",
                        b -> b.cloneTime(LocalDateTime.parse("2026-03-04T05:06:07.5")),
                        "cloneTime",
                        "2026-03-04T05:06:07.500",
                        "must be a whole second"),
                refused("no letter", b -> b.password(Secret.of("12345678")), "password", "***", PASSWORD_RULE));
    }

    private static Arguments refused(
            String what, UnaryOperator<CloneRequestBuilder> change, String field, String value, String rule) {
        return arguments(what, change, field, value, rule);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aBrokenRuleNamesFieldValueAndRule(
            String what, UnaryOperator<CloneRequestBuilder> change, String field, String value, String rule) {
        InvalidValueException refusal = catchThrowableOfType(
                InvalidValueException.class,
                () -> change.apply(Fixtures.minimal()).build());

        assertThat(refusal).as(what).isNotNull();
        assertThat(refusal.field()).isEqualTo(field);
        assertThat(refusal.value()).isEqualTo(value);
        assertThat(refusal.rule()).isEqualTo(rule);
        assertThat(refusal).hasMessage(field + " " + value + ": " + rule);
    }

    @Test
    void theBillingModeIsRequired() {
        CloneRequestBuilder unbilled = CloneRequest.builder()
                .instanceId("crs-1")
                .backupId("b")
                .goodsNum(1)
                .zoneId(1)
                .securityGroups("sg-1")
                .noAuth();

        refuses(unbilled, "billingMode", "(none)", "is required: pay-as-you-go or monthly");
    }

    @Test
    void aPasswordIsRequiredUnlessNoAuth() {
        refuses(withoutPassword(), "password", "(none)", "is required unless noAuth");
        assertThat(withoutPassword().noAuth().build().password()).isNull();
    }

    @Test
    void onlyAPasswordCanBeEncrypted() {
        refuses(withoutPassword().noAuth().encryptPassword(true), "encryptPassword", "true", "needs a password");
        refuses(
                withoutPassword().password(Secret.of(" ")).encryptPassword(true),
                "password",
                "***",
                "must not be blank");
        assertThatCode(withoutPassword().password(Secret.of("==")).encryptPassword(true)::build)
                .as("an encrypted password has rules that only the server can check")
                .doesNotThrowAnyException();
    }

    @Test
    void tlsExcludesNoAuth() {
        refuses(
                withoutPassword().noAuth().enableSsl(true),
                "enableSsl",
                "true",
                "needs a password: noAuth excludes it");
    }

    @Test
    void payAsYouGoIsForOneMonth() {
        assertThat(Fixtures.minimal().build().period()).isEqualTo(Period.ONE_MONTH);
        assertThat(Fixtures.minimal().monthly(12).payAsYouGo().build().period()).isEqualTo(Period.ONE_MONTH);
    }

    @Test
    void periodsAreThoseOnSale() {
        assertThat(IntStream.rangeClosed(-1, 100).filter(CloneRequestTest::isSold))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 36, 48, 60);
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 6379, 65535})
    void portsWithinTheBoundsAreTaken(int port) {
        assertThat(Fixtures.minimal().vPort(port).build().vPort()).isEqualTo(port);
    }

    @Test
    void aNameMayHoldChineseCharacters() {
        assertThat(Fixtures.minimal().instanceName("克隆-节点").build().instanceName())
                .isEqualTo("克隆-节点");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "käse", "a.b", "a/b", "名。", "a\n"})
    void aNameHoldsLettersDigitsHyphensUnderscoresAndChineseCharactersOnly(String name) {
        refuses(
                Fixtures.minimal().instanceName(name),
                "instanceName",
                "'" + name + "'",
                "must hold letters, digits, hyphens, underscores and Chinese characters only");
    }

    @ParameterizedTest
    @CsvSource({
        // instances, greatest length: 59 less mark root, two hyphens and the digits of the last index
        "1, 44",
        "30, 44",
        "31, 44",
        "300, 44",
        "301, 43",
        "3000, 43",
        "3001, 42",
        "30000, 42",
        "30001, 41",
        "2147483647, 37"
    })
    void theLongestNameLeavesRoomForTheLongestMarkExactly(int goodsNum, int longest) {
        CloneRequest request = Fixtures.minimal()
                .goodsNum(goodsNum)
                .instanceName("n".repeat(longest))
                .build();
        ClonePlan plan = ClonePlan.of(request);

        assertThat(plan.chunk(plan.size() - 1).instanceName()).hasSize(CloneRequest.MAX_NAME_LENGTH);
        refuses(
                Fixtures.minimal().goodsNum(goodsNum).instanceName("n".repeat(longest + 1)),
                "instanceName",
                "'" + "n".repeat(longest + 1) + "'",
                "must be at most " + longest + " characters, so that with its mark it has at most 59");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abcdef1", // 7
                "abcdefgh", // one kind
                "ABCDEFGH",
                "!!!!!!!!",
                "/abcdef12",
                "abcd efg1",
                "abcdefg1\n",
                "abcdefg1\"",
                "abcdefg1'",
                "abcdefg1\\",
                "pässword1",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa12" // 65
            })
    void aWeakPasswordIsRefusedAndNotShown(String password) {
        InvalidValueException refusal = catchThrowableOfType(
                InvalidValueException.class,
                () -> withoutPassword().password(Secret.of(password)).build());

        assertThat(refusal).isNotNull();
        assertThat(refusal.rule()).isEqualTo(PASSWORD_RULE);
        assertThat(refusal.toString() + refusal.value() + refusal.getCause()).doesNotContain(password);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abcdefg1", // 8
                "ABCDEFG1",
                "abcdEFGH",
                "abcdefg/",
                "1234567-",
                "a()`~!@#$%^&*-+=_|{}[]:;<>,.?/",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa12" // 64
            })
    void aPasswordOfTwoKindsIsTaken(String password) {
        assertThat(withoutPassword().password(Secret.of(password)).build().password())
                .isEqualTo(Secret.of(password));
    }

    @Test
    void noPasswordIsInTheTextOfARequest() {
        assertThat(Fixtures.full().build().toString()).contains("password=***").doesNotContain(Fixtures.PASSWORD);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 8, minLetterCount, 0, must be 1 to 16",
        "17, 1, 1, 20, minLetterCount, 17, must be 1 to 16",
        "1, 0, 1, 8, minDigitCount, 0, must be 1 to 16",
        "1, 17, 1, 20, minDigitCount, 17, must be 1 to 16",
        "1, 1, 0, 8, minSpecialCount, 0, must be 1 to 16",
        "1, 1, 17, 20, minSpecialCount, 17, must be 1 to 16",
        "1, 1, 1, 7, minLength, 7, must be 8 to 64",
        "1, 1, 1, 65, minLength, 65, must be 8 to 64",
        "5, 5, 5, 14, minLength, 14, must be 15 to 64"
    })
    void aPasswordPolicyKeepsItsBounds(
            int letters, int digits, int specials, int length, String field, String value, String rule) {
        InvalidValueException refusal = catchThrowableOfType(
                InvalidValueException.class, () -> new PasswordPolicy(true, letters, digits, specials, length));

        assertThat(refusal).isNotNull();
        assertThat(refusal.field()).isEqualTo("passwordPolicy." + field);
        assertThat(refusal.value()).isEqualTo(value);
        assertThat(refusal.rule()).startsWith(rule);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 8", "16, 16, 16, 48", "16, 16, 16, 64", "5, 5, 5, 15"})
    void aPasswordPolicyTakesItsBounds(int letters, int digits, int specials, int length) {
        assertThat(new PasswordPolicy(false, letters, digits, specials, length).minLength())
                .isEqualTo(length);
    }

    private static CloneRequestBuilder withoutPassword() {
        return CloneRequest.builder()
                .instanceId("crs-1")
                .backupId("b")
                .goodsNum(1)
                .payAsYouGo()
                .zoneId(1)
                .securityGroups("sg-1");
    }

    private static void refuses(CloneRequestBuilder request, String field, String value, String rule) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(request::build)
                .withMessage(field + " " + value + ": " + rule);
    }

    private static boolean isSold(int months) {
        try {
            return new Period(months).months() == months;
        } catch (InvalidValueException e) {
            return false;
        }
    }
}
