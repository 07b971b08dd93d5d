package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CloneInstancesTest {

    @AutoClose
    private Simulator simulator;

    @BeforeEach
    void start() {
        simulator = Simulator.builder().limit(RateLimit.none()).start();
    }

    private void restart(Simulator other) {
        simulator.close();
        simulator = other;
    }

    private SignedCall call() {
        return SignedCall.clone(simulator);
    }

    private String refusal(SignedCall call) throws IOException {
        return Wire.refusal(simulator, call);
    }

    @Test
    void callBuysWhatItAsksForAndTheBooksAgreeWithTheAnswer() throws IOException {
        JsonNode response = Wire.ask(simulator, call().replacing("\"GoodsNum\":2", "\"GoodsNum\":30"));

        Execution execution = simulator.books().executions().get(0);
        assertThat(response.get("InstanceIds").valueStream().map(JsonNode::stringValue))
                .hasSize(30)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("crs-[a-z0-9]{8}"))
                .containsExactlyElementsOf(execution.instanceIds());
        assertThat(response.get("DealId").stringValue()).isEqualTo(execution.dealId());
        assertThat(response.get("DealName").stringValue()).isEqualTo(execution.dealName());
        assertThat(response.get("RequestId").stringValue()).isEqualTo(execution.requestId());
        assertThat(execution.instanceName()).isEqualTo("plan-0001");
        assertThat(execution.goodsNum()).isEqualTo(30);
        assertThat(simulator.books().bought()).isEqualTo(30);
    }

    @Test
    void sameBytesSentTwiceBuyTwice() throws IOException {
        SignedCall call = call();

        JsonNode first = Wire.ask(simulator, call);
        JsonNode second = Wire.ask(simulator, call);

        assertThat(second.get("DealId")).isNotEqualTo(first.get("DealId"));
        assertThat(second.get("DealName")).isNotEqualTo(first.get("DealName"));
        assertThat(simulator.books().bought()).isEqualTo(4);
        assertThat(simulator.books().instanceIds()).doesNotHaveDuplicates();
        assertThat(simulator.books().boughtTwice()).containsExactly("plan-0001");
        assertThat(simulator.books().executions())
                .extracting(Execution::bodySha256)
                .containsExactly(
                        SignatureCheck.sha256(call.body().getBytes(StandardCharsets.UTF_8)),
                        SignatureCheck.sha256(call.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void refusalIsAnsweredWithHttp200AndTheDateOfTheServer() throws IOException {
        Instant noon = Instant.parse("2026-01-02T12:00:00Z");
        restart(Simulator.builder().clock(Clock.fixed(noon, ZoneOffset.UTC)).start());

        try (Wire wire = Wire.to(simulator)) {
            Wire.Answer answer = wire.send(call()).read();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("date", "Fri, 2 Jan 2026 12:00:00 GMT");
            assertThat(answer.response().at("/Error/Code").asString()).isEqualTo("AuthFailure.SignatureExpire");
            assertThat(answer.response().get("RequestId").asString())
                    .isEqualTo(simulator.books().arrivals().get(0).requestId());
        }
    }

    @Test
    void connectionIsKeptForFurtherCalls() throws IOException {
        try (Wire wire = Wire.to(simulator)) {
            wire.send(call()).read();
            wire.send(call()).read();
        }

        assertThat(simulator.books().executions()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "\"GoodsNum\":2            | \"GoodsNum\":0             | LimitExceeded.InvalidParameterGoodsNumNotInRange",
                "\"GoodsNum\":2            | \"GoodsNum\":31            | LimitExceeded.InvalidParameterGoodsNumNotInRange",
                "\"GoodsNum\":2            | \"GoodsNum\":\"2\"         | InvalidParameter",
                "\"GoodsNum\":2            | \"GoodsNum\":2.0           | InvalidParameter",
                "\"GoodsNum\":2            | \"GoodsNum\":null          | InvalidParameter",
                "\"GoodsNum\":2,           | ''                         | MissingParameter",
                "\"GoodsNum\":2            | \"GoodsNum\":2,\"GoodsNum\":2 | InvalidParameter",
                "\"GoodsNum\":2            | \"GoodsNum\":2,\"ClientToken\":\"t\" | UnknownParameter",
                "\"InstanceId\":\"crs-source01\", | ''                  | MissingParameter",
                "\"crs-source01\"          | \"\"                       | InvalidParameter.EmptyParam",
                "\"crs-source01\"          | \"cdb-source01\"           | ResourceNotFound.InstanceNotExists",
                "\"ZoneId\":100003,        | ''                         | MissingParameter",
                "\"ZoneId\":100003         | \"ZoneId\":-1              | InvalidParameter",
                "\"BillingMode\":0,        | ''                         | MissingParameter",
                "\"BillingMode\":0         | \"BillingMode\":2          | InvalidParameterValue",
                "\"Period\":1,             | ''                         | MissingParameter",
                "\"Period\":1              | \"Period\":0               | LimitExceeded.PeriodLessThanMinLimit",
                "\"Period\":1              | \"Period\":2               | InvalidParameterValue",
                "\"BillingMode\":0,\"Period\":1 | \"BillingMode\":1,\"Period\":13 | InvalidParameterValue",
                "[\"sg-bmadczm1\"]         | []                         | InvalidParameter.EmptyParam",
                "[\"sg-bmadczm1\"]         | \"sg-bmadczm1\"            | InvalidParameter",
                "[\"sg-bmadczm1\"]         | [7]                        | InvalidParameter",
                "plan-0001                 | plan.0001                  | InvalidParameterValue",
                "plan-0001                 | a123456789b123456789c123456789d123456789e123456789f1234567890 | InvalidParameterValue",
                ",\"Password\":\"Sesame-opens-7\" | ''                  | InvalidParameterValue.PasswordEmpty",
                "Sesame-opens-7            | sesameopens                | InvalidParameterValue.PasswordRuleError",
                "Sesame-opens-7            | Ses-7                      | InvalidParameterValue.PasswordRuleError",
                "Sesame-opens-7            | /Sesame-opens-7            | InvalidParameterValue.PasswordRuleError",
                "\"ZoneId\"                | \"VPort\":1023,\"ZoneId\"  | InvalidParameterValue",
                "\"ZoneId\"                | \"VPort\":65536,\"ZoneId\" | InvalidParameterValue",
                "\"ZoneId\"                | \"AutoRenew\":3,\"ZoneId\" | InvalidParameterValue",
                "\"ZoneId\"                | \"VpcId\":\"vpc-pxyzim13\",\"ZoneId\" | InvalidParameterValue.InvalidSubnetId",
                "\"ZoneId\"                | \"SubnetId\":\"subnet-7jbabche\",\"ZoneId\" | InvalidParameterValue.UnVpcIdNotExists",
                "\"ZoneId\"                | \"ResourceTags\":[{\"TagKey\":\"k\"}],\"ZoneId\" | MissingParameter",
                "\"ZoneId\"                | \"NodeSet\":[{\"Role\":0}],\"ZoneId\" | UnknownParameter",
                "\"ZoneId\"                | \"SSLBindPrivateIPv4\":true,\"ZoneId\" | InvalidParameterValue",
                "\"ZoneId\"                | \"PasswordPolicy\":{\"Enabled\":true,\"MinLength\":8,\"MinDigitCount\":7},\"ZoneId\" | InvalidParameterValue",
                "\"ZoneId\"                | \"CloneTime\":\"yesterday\",\"ZoneId\" | InvalidParameterValue",
                "\"ZoneId\"                | \"ProductVersion\":\"cloud\",\"ZoneId\" | InvalidParameterValue",
                "{\"InstanceId\"           | [{\"InstanceId\"           | InvalidParameter",
            })
    void fieldThatTheApiPageDoesNotAllowIsRefusedAndBuysNothing(String part, String other, String code)
            throws IOException {
        SignedCall oneLine = call().body(call().body().replace("\n", ""));

        assertThat(refusal(oneLine.replacing(part, other))).isEqualTo(code);
        assertThat(simulator.books().bought()).isZero();
        assertThat(simulator.books().refusals()).containsEntry(code, 1).hasSize(1);
    }

    @Test
    void everyFieldOfTheApiPageIsKnown() throws IOException {
        SignedCall call = call().replacing("\"ZoneId\"", """
                        "NoAuth":false,"VpcId":"vpc-pxyzim13","SubnetId":"subnet-7jbabche","AutoRenew":1,"VPort":1024,
                        "NodeSet":[{"NodeType":0,"NodeId":0,"ZoneId":100003,"ZoneName":"ap-guangzhou-3"}],"ProjectId":0,
                        "ResourceTags":[{"TagKey":"k","TagValue":"v"}],"TemplateId":"crs-cfg-1",
                        "AlarmPolicyList":["policy-1"],"CloneTime":"2026-01-02 03:04:05","EncryptPassword":false,
                        "PasswordPolicy":{"Enabled":true,"MinLetterCount":1,"MinDigitCount":1,"MinSpecialCount":1,
                        "MinLength":8},"EnableSSL":true,"SSLBindPrivateIPv4":true,"ProductVersion":"localv2","ZoneId\"""");

        assertThat(refusal(call)).isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(2);
    }

    @Test
    void prepaidCallBuysUpToAHundred() throws IOException {
        SignedCall prepaid = call().replacing("\"BillingMode\":0,\"Period\":1", "\"BillingMode\":1,\"Period\":60");

        assertThat(refusal(prepaid.replacing("\"GoodsNum\":2", "\"GoodsNum\":100")))
                .isEmpty();
        assertThat(refusal(prepaid.replacing("\"GoodsNum\":2", "\"GoodsNum\":101")))
                .isEqualTo("LimitExceeded.InvalidParameterGoodsNumNotInRange");
        assertThat(simulator.books().bought()).isEqualTo(100);
        assertThat(simulator.books().executions().get(0).billingMode()).isEqualTo(1);
    }

    @Test
    void instanceWithoutPasswordNeedsNoAuth() throws IOException {
        SignedCall open = call().replacing("\"Password\":\"Sesame-opens-7\"", "\"NoAuth\":true");

        assertThat(refusal(open)).isEmpty();
    }

    @Test
    void encryptedPasswordIsNotJudged() throws IOException {
        SignedCall encrypted = call().replacing("Sesame-opens-7", "\u00e9");

        assertThat(refusal(encrypted)).isEqualTo("InvalidParameterValue.PasswordRuleError");
        assertThat(refusal(encrypted.replacing("\"ZoneId\"", "\"EncryptPassword\":true,\"ZoneId\"")))
                .isEmpty();
    }

    @Test
    void furtherSigningServiceIsAcceptedWhenItIsNamed() throws IOException {
        restart(Simulator.builder().signingService("127").start());

        assertThat(refusal(call().service("127"))).isEmpty();
        assertThat(refusal(call())).isEmpty();
    }

    @Test
    void bodyOverTenMegabytesIsRefused() throws IOException {
        String blanks = " ".repeat(10 * 1024 * 1024);

        assertThat(refusal(call().body(call().body() + blanks))).isEqualTo("RequestSizeLimitExceeded");
    }

    @Test
    void wrongKeyIsRefused() throws IOException {
        assertThat(refusal(call().key(simulator.secretId(), "another"))).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(call().key("AKIDanother", simulator.secretKey()))).isEqualTo("AuthFailure.SecretIdNotFound");
        assertThat(refusal(call().header("Authorization", "Bearer x"))).isEqualTo("AuthFailure.InvalidAuthorization");
        assertThat(refusal(call().header("Authorization", ""))).isEqualTo("AuthFailure.InvalidAuthorization");
        assertThat(refusal(call().service("cvm"))).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void headersChangedAfterSigningAreRefused() throws IOException {
        SignedCall call = call();

        assertThat(refusal(call.header("Authorization", call.authorization())
                        .header("Content-Type", "application/json; charset=utf-8")))
                .isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(call.header("Authorization", call.authorization())
                        .replacing("\"GoodsNum\":2", "\"GoodsNum\":3")))
                .isEqualTo("AuthFailure.SignatureFailure");
    }

    @Test
    void oldTimestampIsRefused() throws IOException {
        assertThat(refusal(call().at(Instant.now().minusSeconds(310)))).isEqualTo("AuthFailure.SignatureExpire");
    }

    @Test
    void tokenHasToBeTheOneThatBelongsToTheKey() throws IOException {
        assertThat(refusal(call().header("X-TC-Token", "unasked"))).isEqualTo("AuthFailure.TokenFailure");

        restart(Simulator.builder().token("session").start());

        assertThat(refusal(call())).isEqualTo("AuthFailure.TokenFailure");
        assertThat(refusal(call().header("X-TC-Token", "other"))).isEqualTo("AuthFailure.TokenFailure");
        assertThat(refusal(call().header("X-TC-Token", "session"))).isEmpty();
    }

    @Test
    void commonHeaderThatIsMissingOrWrongIsRefused() throws IOException {
        assertThat(refusal(call().without("X-TC-Action"))).isEqualTo("MissingParameter");
        assertThat(refusal(call().without("X-TC-Version"))).isEqualTo("MissingParameter");
        assertThat(refusal(call().header("X-TC-Timestamp", ""))).isEqualTo("MissingParameter");
        assertThat(refusal(call().without("X-TC-Region"))).isEqualTo("MissingParameter");
        assertThat(refusal(call().header("X-TC-Action", "CreateInstances"))).isEqualTo("InvalidAction");
        assertThat(refusal(call().header("X-TC-Version", "2017-03-12"))).isEqualTo("NoSuchVersion");
    }

    @Test
    void callOverTheLimitIsRefusedUntilTheWindowHasPassed() throws IOException {
        AtomicLong ticker = new AtomicLong();
        restart(Simulator.builder().ticker(ticker::get).start());

        List<String> refusals = new ArrayList<>();
        for (int call = 0; call < 21; call++) {
            refusals.add(refusal(call()));
        }
        ticker.set(Duration.ofSeconds(1).toNanos());
        refusals.add(refusal(call()));

        assertThat(refusals.subList(0, 20)).containsOnly("");
        assertThat(refusals.subList(20, 22)).containsExactly("RequestLimitExceeded", "");
        assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                .isEqualTo(21);
        assertThat(simulator.books().throttled()).isEqualTo(1);
        assertThat(simulator.books().executions()).hasSize(21);
    }

    @Test
    void limitComesBeforeTheSignature() throws IOException {
        restart(Simulator.builder()
                .ticker(() -> 0)
                .limit(RateLimit.slidingWindow(1))
                .start());
        SignedCall forged = call().key(simulator.secretId(), "another");

        assertThat(refusal(forged)).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(forged)).isEqualTo("RequestLimitExceeded");
    }

    @Test
    void callsWithoutCommonHeadersTakeNothingOfTheLimit() throws IOException {
        restart(Simulator.builder()
                .ticker(() -> 0)
                .limit(RateLimit.slidingWindow(1))
                .start());

        assertThat(refusal(call().without("X-TC-Version"))).isEqualTo("MissingParameter");
        assertThat(refusal(call())).isEmpty();
    }

    @Test
    void onlyKnownSourcesCanBeClonedWhenAnyIsNamed() throws IOException {
        restart(Simulator.builder().knownSources("crs-known001").start());

        assertThat(refusal(call())).isEqualTo("ResourceNotFound.InstanceNotExists");
        assertThat(refusal(call().replacing("crs-source01", "crs-known001"))).isEmpty();
    }

    @Test
    void quotaIsNeverExceeded() throws IOException {
        restart(Simulator.builder().accountQuota(3).start());

        assertThat(refusal(call())).isEmpty();
        assertThat(refusal(call())).isEqualTo("LimitExceeded.ReachTheAmountLimit");
        assertThat(refusal(call().replacing("\"GoodsNum\":2", "\"GoodsNum\":1")))
                .isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(3);
    }

    @Test
    void absoluteRequestTargetIsAcceptedAsFromAProxyClient() throws IOException {
        byte[] bytes = new String(call().bytes(), StandardCharsets.UTF_8)
                .replace("POST / ", "POST http://redis.tencentcloudapi.com/ ")
                .getBytes(StandardCharsets.UTF_8);

        try (Wire wire = Wire.to(simulator)) {
            assertThat(wire.send(bytes).read().response().has("DealId")).isTrue();
        }
    }
}
