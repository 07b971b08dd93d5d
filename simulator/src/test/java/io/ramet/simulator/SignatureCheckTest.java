package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignatureCheckTest {

    /** Signatures that the vendor has published, with the keys that really produced them. */
    enum Published {
        A(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
                "content-type;host",
                "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
                "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
        B(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
                "Gu5t9xGARNpq86cd98joQYCN3*******",
                "content-type;host",
                "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
                "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
        C(
                "AKID" + "*".repeat(32),
                "*".repeat(32),
                "content-type;host;x-tc-action",
                "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
                "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
        D(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
                "content-type;host",
                "91c9c192c14460df6c1ffc69e34e6c5e90708de2a6d282cccf957dbf1aa7f3a7",
                "5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474");

        final String secretId;
        final String secretKey;
        final String names;
        final String canonicalHash;
        final String signature;

        Published(String secretId, String secretKey, String names, String canonicalHash, String signature) {
            this.secretId = secretId;
            this.secretKey = secretKey;
            this.names = names;
            this.canonicalHash = canonicalHash;
            this.signature = signature;
        }

        boolean get() {
            return this == D;
        }

        Instant at() {
            return Instant.ofEpochSecond(get() ? 1539084154 : 1551113065);
        }

        ApiRequest request(String signatureSent) {
            HttpHeaders headers = new DefaultHttpHeaders()
                    .set("Host", "cvm.tencentcloudapi.com")
                    .set(
                            "Content-Type",
                            get() ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8")
                    .set("X-TC-Action", "DescribeInstances")
                    .set("X-TC-Timestamp", at().getEpochSecond())
                    .set("Authorization", authorization(signatureSent));
            String body = """
                    {"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}""";
            return get()
                    ? new ApiRequest("GET", "/?Limit=10&Offset=0", headers, new byte[0])
                    : new ApiRequest("POST", "/", headers, body.getBytes(StandardCharsets.UTF_8));
        }

        private String authorization(String signatureSent) {
            String date = get() ? "2018-10-09" : "2019-02-25";
            return "TC3-HMAC-SHA256 Credential=" + secretId + "/" + date + "/cvm/tc3_request, SignedHeaders=" + names
                    + ", Signature=" + signatureSent;
        }

        SignatureCheck check() {
            return new SignatureCheck(secretId, secretKey, "", Set.of("cvm"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void publishedSignatureIsAccepted(Published vector) {
        vector.check().verify(vector.request(vector.signature), vector.at());
    }

    @ParameterizedTest
    @EnumSource
    void publishedCanonicalRequestIsReproduced(Published vector) {
        String canonical = SignatureCheck.canonicalRequest(vector.request(vector.signature), vector.names);

        assertThat(SignatureCheck.sha256(canonical.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(vector.canonicalHash);
    }

    @ParameterizedTest
    @EnumSource
    void signatureThatDiffersInOneDigitIsRefused(Published vector) {
        char last = vector.signature.charAt(63);
        String forged = vector.signature.substring(0, 63) + (last == '0' ? '1' : '0');

        assertThatThrownBy(() -> vector.check().verify(vector.request(forged), vector.at()))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.code()).isEqualTo("AuthFailure.SignatureFailure"));
    }

    @Test
    void timestampMayDifferByFiveMinutesAtMost() {
        ApiRequest request = Published.A.request(Published.A.signature);
        SignatureCheck check = Published.A.check();

        check.verify(request, Published.A.at().plusSeconds(300));
        check.verify(request, Published.A.at().minusSeconds(300));
        assertThatThrownBy(() -> check.verify(request, Published.A.at().plusSeconds(301)))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.code()).isEqualTo("AuthFailure.SignatureExpire"));
        assertThatThrownBy(() -> check.verify(request, Published.A.at().minusSeconds(301)))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.code()).isEqualTo("AuthFailure.SignatureExpire"));
    }

    private static void assertRefused(String code, SignatureCheck check, ApiRequest request, Instant now) {
        assertThatThrownBy(() -> check.verify(request, now))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.code()).isEqualTo(code));
    }

    private static final Instant NOW = Instant.parse("2026-01-02T00:00:30Z");
    private static final SignatureCheck CHECK = new SignatureCheck("AKIDa", "key", "", Set.of("redis"));

    /** A request with the right signature for these values, whether or not they are allowed. */
    private static ApiRequest signed(String date, String names, HttpHeaders extra, String payload) {
        HttpHeaders headers = new DefaultHttpHeaders()
                .set("Host", "redis.tencentcloudapi.com")
                .set("Content-Type", "application/json")
                .set("X-TC-Timestamp", NOW.getEpochSecond())
                .add(extra);
        ApiRequest unsigned = new ApiRequest("POST", "/", headers, payload.getBytes(StandardCharsets.UTF_8));
        String hash = SignatureCheck.sha256(
                SignatureCheck.canonicalRequest(unsigned, names).getBytes(StandardCharsets.UTF_8));
        String scope = date + "/redis/tc3_request";
        byte[] key = mac(mac(mac("TC3key".getBytes(StandardCharsets.UTF_8), date), "redis"), "tc3_request");
        byte[] signature = mac(key, "TC3-HMAC-SHA256\n" + NOW.getEpochSecond() + "\n" + scope + "\n" + hash);
        headers.set(
                "Authorization",
                "TC3-HMAC-SHA256 Credential=AKIDa/" + scope + ", SignedHeaders=" + names + ", Signature="
                        + HexFormat.of().formatHex(signature));
        return unsigned;
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    @Test
    void dateOfTheScopeIsThatOfTheTimestampInUtc() {
        HttpHeaders none = new DefaultHttpHeaders();

        CHECK.verify(signed("2026-01-02", "content-type;host", none, "{}"), NOW);
        assertRefused(
                "AuthFailure.SignatureFailure", CHECK, signed("2026-01-01", "content-type;host", none, "{}"), NOW);
    }

    @Test
    void hostAndContentTypeMustBeSigned() {
        HttpHeaders none = new DefaultHttpHeaders();

        assertRefused("AuthFailure.SignatureFailure", CHECK, signed("2026-01-02", "host", none, "{}"), NOW);
        assertRefused("AuthFailure.SignatureFailure", CHECK, signed("2026-01-02", "content-type", none, "{}"), NOW);
    }

    @Test
    void unsignedPayloadMayBeAnyPayload() {
        HttpHeaders unsigned = new DefaultHttpHeaders().set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD");
        ApiRequest request = signed("2026-01-02", "content-type;host", unsigned, "{}");

        assertThat(SignatureCheck.canonicalRequest(request, "content-type;host"))
                .endsWith("\n438d4109ef0d676b8c2c7ed13cdfcb418e494d53b843d4634ce3b1085f07bb96");
        CHECK.verify(request, NOW);
    }

    @Test
    void timestampThatIsNotANumberIsRefused() {
        ApiRequest request = signed("2026-01-02", "content-type;host", new DefaultHttpHeaders(), "{}");
        HttpHeaders headers = new DefaultHttpHeaders()
                .set("Authorization", request.header("Authorization"))
                .set("X-TC-Timestamp", "noon");

        assertRefused("InvalidParameter", CHECK, new ApiRequest("POST", "/", headers, request.body()), NOW);
    }
}
