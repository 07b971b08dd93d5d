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

    private SignedRequest request() {
        return SignedRequest.clone(simulator);
    }

    private String refusal(SignedRequest request) throws IOException {
        return Wire.refusal(simulator, request);
    }

    @Test
    void requestBuysItsNumberAndTheBooksAgreeWithTheResponse() throws IOException {
        JsonNode response = Wire.exchange(simulator, request().replacing("\"GoodsNum\":2", "\"GoodsNum\":30"));

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
        SignedRequest request = request();

        JsonNode first = Wire.exchange(simulator, request);
        JsonNode second = Wire.exchange(simulator, request);

        assertThat(second.get("DealId")).isNotEqualTo(first.get("DealId"));
        assertThat(second.get("DealName")).isNotEqualTo(first.get("DealName"));
        assertThat(simulator.books().bought()).isEqualTo(4);
        assertThat(simulator.books().instanceIds()).doesNotHaveDuplicates();
        assertThat(simulator.books().boughtTwice()).containsExactly("plan-0001");
        assertThat(simulator.books().executions())
                .extracting(Execution::bodySha256)
                .containsExactly(
                        SignatureCheck.sha256(request.body().getBytes(StandardCharsets.UTF_8)),
                        SignatureCheck.sha256(request.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void refusalIsAnHttp200WithTheDateOfTheServer() throws IOException {
        Instant noon = Instant.parse("2026-01-02T12:00:00Z");
        restart(Simulator.builder().clock(Clock.fixed(noon, ZoneOffset.UTC)).start());

        try (Wire wire = Wire.to(simulator)) {
            Wire.Response response = wire.send(request()).read();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers()).containsEntry("date", "Fri, 2 Jan 2026 12:00:00 GMT");
            assertThat(response.response().at("/Error/Code").asString()).isEqualTo("AuthFailure.SignatureExpire");
            assertThat(response.response().get("RequestId").asString())
                    .isEqualTo(simulator.books().arrivals().get(0).requestId());
        }
    }

    @Test
    void connectionIsKeptForFurtherRequests() throws IOException {
        try (Wire wire = Wire.to(simulator)) {
            wire.send(request()).read();
            wire.send(request()).read();
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
    void fieldThatTheApiDoesNotAllowIsRefusedAndBuysNothing(String part, String other, String code) throws IOException {
        SignedRequest oneLine = request().body(request().body().replace("\n", ""));

        assertThat(refusal(oneLine.replacing(part, other))).isEqualTo(code);
        assertThat(simulator.books().bought()).isZero();
        assertThat(simulator.books().refusals()).containsEntry(code, 1).hasSize(1);
    }

    @Test
    void everyFieldOfTheApiPageIsKnown() throws IOException {
        SignedRequest request = request().replacing("\"ZoneId\"", """
                        "NoAuth":false,"VpcId":"vpc-pxyzim13","SubnetId":"subnet-7jbabche","AutoRenew":1,"VPort":1024,
                        "NodeSet":[{"NodeType":0,"NodeId":0,"ZoneId":100003,"ZoneName":"ap-guangzhou-3"}],"ProjectId":0,
                        "ResourceTags":[{"TagKey":"k","TagValue":"v"}],"TemplateId":"crs-cfg-1",
                        "AlarmPolicyList":["policy-1"],"CloneTime":"2026-01-02 03:04:05","EncryptPassword":false,
                        "PasswordPolicy":{"Enabled":true,"MinLetterCount":1,"MinDigitCount":1,"MinSpecialCount":1,
                        "MinLength":8},"EnableSSL":true,"SSLBindPrivateIPv4":true,"ProductVersion":"localv2","ZoneId\"""");

        assertThat(refusal(request)).isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(2);
    }

    @Test
    void prepaidRequestBuysUpToAHundred() throws IOException {
        SignedRequest prepaid =
                request().replacing("\"BillingMode\":0,\"Period\":1", "\"BillingMode\":1,\"Period\":60");

        assertThat(refusal(prepaid.replacing("\"GoodsNum\":2", "\"GoodsNum\":100")))
                .isEmpty();
        assertThat(refusal(prepaid.replacing("\"GoodsNum\":2", "\"GoodsNum\":101")))
                .isEqualTo("LimitExceeded.InvalidParameterGoodsNumNotInRange");
        assertThat(simulator.books().bought()).isEqualTo(100);
        assertThat(simulator.books().executions().get(0).billingMode()).isEqualTo(1);
    }

    @Test
    void instanceWithoutPasswordNeedsNoAuth() throws IOException {
        SignedRequest open = request().replacing("\"Password\":\"Sesame-opens-7\"", "\"NoAuth\":true");

        assertThat(refusal(open)).isEmpty();
    }

    @Test
    void encryptedPasswordIsNotChecked() throws IOException {
        SignedRequest encrypted = request().replacing("Sesame-opens-7", "\u00e9");

        assertThat(refusal(encrypted)).isEqualTo("InvalidParameterValue.PasswordRuleError");
        assertThat(refusal(encrypted.replacing("\"ZoneId\"", "\"EncryptPassword\":true,\"ZoneId\"")))
                .isEmpty();
    }

    @Test
    void additionalSigningServiceIsAccepted() throws IOException {
        restart(Simulator.builder().signingService("127").start());

        assertThat(refusal(request().service("127"))).isEmpty();
        assertThat(refusal(request())).isEmpty();
    }

    /** The vendor's clients sign for {@code localhost:8080} if they are pointed at it. */
    @Test
    void anAdditionalSigningServiceMayHaveAPortAndTheApisOwnMayNot() throws IOException {
        restart(Simulator.builder().signingService("localhost").start());

        assertThat(refusal(request().service("localhost:8080"))).isEmpty();
        assertThat(refusal(request().service("redis:8080"))).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(request().service("127:8080"))).isEqualTo("AuthFailure.SignatureFailure");
    }

    /** The vendor's client for Node signs the host without its port. */
    @Test
    void theHostMayBeSignedWithoutItsPortForAnAdditionalServiceAlone() throws IOException {
        restart(Simulator.builder().signingService("127").start());
        SignedRequest theirs = request().service("127");
        SignedRequest ours = request();

        assertThat(refusal(theirs.header(
                        "Authorization", theirs.header("Host", "127.0.0.1").authorization())))
                .isEmpty();
        assertThat(refusal(ours.header(
                        "Authorization", ours.header("Host", "127.0.0.1").authorization())))
                .isEqualTo("AuthFailure.SignatureFailure");
    }

    @Test
    void bodyOverTenMegabytesIsRefused() throws IOException {
        String blanks = " ".repeat(10 * 1024 * 1024);

        assertThat(refusal(request().body(request().body() + blanks))).isEqualTo("RequestSizeLimitExceeded");
    }

    @Test
    void wrongKeyIsRefused() throws IOException {
        assertThat(refusal(request().key(simulator.secretId(), "another"))).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(request().key("AKIDanother", simulator.secretKey())))
                .isEqualTo("AuthFailure.SecretIdNotFound");
        assertThat(refusal(request().header("Authorization", "Bearer x")))
                .isEqualTo("AuthFailure.InvalidAuthorization");
        assertThat(refusal(request().header("Authorization", ""))).isEqualTo("AuthFailure.InvalidAuthorization");
        assertThat(refusal(request().service("cvm"))).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void headersChangedAfterSigningAreRefused() throws IOException {
        SignedRequest request = request();

        assertThat(refusal(request.header("Authorization", request.authorization())
                        .header("Content-Type", "application/json; charset=utf-8")))
                .isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(request.header("Authorization", request.authorization())
                        .replacing("\"GoodsNum\":2", "\"GoodsNum\":3")))
                .isEqualTo("AuthFailure.SignatureFailure");
    }

    @Test
    void oldTimestampIsRefused() throws IOException {
        assertThat(refusal(request().at(Instant.now().minusSeconds(310)))).isEqualTo("AuthFailure.SignatureExpire");
    }

    @Test
    void tokenMustBelongToTheKey() throws IOException {
        assertThat(refusal(request().header("X-TC-Token", "unexpected"))).isEqualTo("AuthFailure.TokenFailure");

        restart(Simulator.builder().token("session").start());

        assertThat(refusal(request())).isEqualTo("AuthFailure.TokenFailure");
        assertThat(refusal(request().header("X-TC-Token", "other"))).isEqualTo("AuthFailure.TokenFailure");
        assertThat(refusal(request().header("X-TC-Token", "session"))).isEmpty();
    }

    @Test
    void missingOrWrongCommonHeaderIsRefused() throws IOException {
        assertThat(refusal(request().without("X-TC-Action"))).isEqualTo("MissingParameter");
        assertThat(refusal(request().without("X-TC-Version"))).isEqualTo("MissingParameter");
        assertThat(refusal(request().header("X-TC-Timestamp", ""))).isEqualTo("MissingParameter");
        assertThat(refusal(request().without("X-TC-Region"))).isEqualTo("MissingParameter");
        assertThat(refusal(request().header("X-TC-Action", "CreateInstances"))).isEqualTo("InvalidAction");
        assertThat(refusal(request().header("X-TC-Version", "2017-03-12"))).isEqualTo("NoSuchVersion");
    }

    @Test
    void requestOverTheLimitIsRefusedUntilTheWindowHasPassed() throws IOException {
        AtomicLong ticker = new AtomicLong();
        restart(Simulator.builder().ticker(ticker::get).start());

        List<String> refusals = new ArrayList<>();
        for (int sent = 0; sent < 21; sent++) {
            refusals.add(refusal(request()));
        }
        ticker.set(Duration.ofSeconds(1).toNanos());
        refusals.add(refusal(request()));

        assertThat(refusals.subList(0, 20)).containsOnly("");
        assertThat(refusals.subList(20, 22)).containsExactly("RequestLimitExceeded", "");
        assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                .isEqualTo(21);
        assertThat(simulator.books().throttled()).isEqualTo(1);
        assertThat(simulator.books().executions()).hasSize(21);
    }

    @Test
    void limitIsCheckedBeforeTheSignature() throws IOException {
        restart(Simulator.builder()
                .ticker(() -> 0)
                .limit(RateLimit.slidingWindow(1))
                .start());
        SignedRequest forged = request().key(simulator.secretId(), "another");

        assertThat(refusal(forged)).isEqualTo("AuthFailure.SignatureFailure");
        assertThat(refusal(forged)).isEqualTo("RequestLimitExceeded");
    }

    @Test
    void requestsWithoutCommonHeadersDoNotCountAgainstTheLimit() throws IOException {
        restart(Simulator.builder()
                .ticker(() -> 0)
                .limit(RateLimit.slidingWindow(1))
                .start());

        assertThat(refusal(request().without("X-TC-Version"))).isEqualTo("MissingParameter");
        assertThat(refusal(request())).isEmpty();
    }

    @Test
    void onlyKnownSourcesCanBeClonedIfAnyIsConfigured() throws IOException {
        restart(Simulator.builder().knownSources("crs-known001").start());

        assertThat(refusal(request())).isEqualTo("ResourceNotFound.InstanceNotExists");
        assertThat(refusal(request().replacing("crs-source01", "crs-known001"))).isEmpty();
    }

    @Test
    void quotaIsNeverExceeded() throws IOException {
        restart(Simulator.builder().accountQuota(3).start());

        assertThat(refusal(request())).isEmpty();
        assertThat(refusal(request())).isEqualTo("LimitExceeded.ReachTheAmountLimit");
        assertThat(refusal(request().replacing("\"GoodsNum\":2", "\"GoodsNum\":1")))
                .isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(3);
    }

    @Test
    void absoluteRequestTargetIsAcceptedAsFromAProxyClient() throws IOException {
        byte[] bytes = new String(request().bytes(), StandardCharsets.UTF_8)
                .replace("POST / ", "POST http://redis.tencentcloudapi.com/ ")
                .getBytes(StandardCharsets.UTF_8);

        try (Wire wire = Wire.to(simulator)) {
            assertThat(wire.send(bytes).read().response().has("DealId")).isTrue();
        }
    }
}
