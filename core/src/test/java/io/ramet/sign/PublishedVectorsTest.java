package io.ramet.sign;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The vectors that the vendor's signature pages print, and two of an independent signer's tests. */
class PublishedVectorsTest {

    private static final String STARS = "*".repeat(32);
    private static final String KEY_A = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
    private static final String JSON =
            "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}";
    private static final String POST_JSON =
            "POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:cvm.tencentcloudapi.com\n";
    private static final String FORM = "content-type:application/x-www-form-urlencoded\nhost:cvm.tencentcloudapi.com\n";
    private static final String SHORT = "content-type;host";
    private static final String LONG = "content-type;host;x-tc-action";
    private static final String HASHED_JSON = "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064";
    private static final String HASHED_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    enum Vector {
        ENGLISH_PAGE(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                KEY_A,
                POST_JSON,
                SHORT,
                1551113065,
                "2019-02-25",
                JSON,
                HASHED_JSON,
                "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
                "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
        OLDER_MAINLAND_PAGE(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
                "Gu5t9xGARNpq86cd98joQYCN3*******",
                POST_JSON,
                SHORT,
                1551113065,
                "2019-02-25",
                JSON,
                HASHED_JSON,
                "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
                "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
        MAINLAND_PAGE(
                "AKID" + STARS,
                STARS,
                POST_JSON + "x-tc-action:describeinstances\n",
                LONG,
                1551113065,
                "2019-02-25",
                JSON,
                HASHED_JSON,
                "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
                "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
        GET_WITH_QUERY(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                KEY_A,
                "GET\n/\nLimit=10&Offset=0\n" + FORM,
                SHORT,
                1539084154,
                "2018-10-09",
                "",
                HASHED_NOTHING,
                "91c9c192c14460df6c1ffc69e34e6c5e90708de2a6d282cccf957dbf1aa7f3a7",
                "5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474"),
        TECO_POST(
                "MY_TC_SECRET_ID",
                "MY_TC_SECRET_KEY",
                "POST\n/\n\ncontent-type:application/json\nhost:cvm.tencentcloudapi.com\n",
                SHORT,
                1000000000,
                "2001-09-09",
                "{}",
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                "",
                "2c0b761dcdeacac29ac9d135f9f22b0fa52d4536d8b7727a8a515935c47eaea7"),
        TECO_GET(
                "MY_TC_SECRET_ID",
                "MY_TC_SECRET_KEY",
                "GET\n/\nInstanceIds.0=ins-000000&InstanceIds.1=ins-000001\n" + FORM,
                SHORT,
                1000000000,
                "2001-09-09",
                "",
                HASHED_NOTHING,
                "",
                "a4315b91798a181a6e5fb0353590040a399edad4a003ef5688d71fb34366c471");

        private final Credentials credentials;
        private final Tc3Signer signer;
        private final String signedHeaders;
        private final long timestamp;
        private final String scope;
        private final byte[] body;
        private final String hashedBody;
        private final String hashedRequest;
        private final String signature;

        Vector(
                String id,
                String key,
                String head,
                String signedHeaders,
                long timestamp,
                String date,
                String body,
                String hashedBody,
                String hashedRequest,
                String signature) {
            this.credentials = Credentials.of(id, key);
            this.signer = new Tc3Signer(
                    "cvm.tencentcloudapi.com",
                    "DescribeInstances",
                    "cvm",
                    signedHeaders,
                    head + "\n" + signedHeaders + "\n");
            this.signedHeaders = signedHeaders;
            this.timestamp = timestamp;
            this.scope = date + "/cvm/tc3_request";
            this.body = body.getBytes(StandardCharsets.UTF_8);
            this.hashedBody = hashedBody;
            this.hashedRequest = hashedRequest;
            this.signature = signature;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyStepIsAsPublished(Vector vector) {
        SigningBuffer scratch = new SigningBuffer();
        assertThat(hex(scratch.hash(vector.body).lastHash())).isEqualTo(vector.hashedBody);

        String hashedRequest =
                hex(vector.signer.canonicalRequest(scratch, vector.body).hash().lastHash());
        if (!vector.hashedRequest.isEmpty()) {
            assertThat(hashedRequest).isEqualTo(vector.hashedRequest);
        }
        DailyKey key = DailyKey.derive(vector.credentials, vector.timestamp / 86_400, "cvm", vector.signedHeaders);
        assertThat(key.stringToSign(scratch, vector.timestamp).text())
                .isEqualTo("TC3-HMAC-SHA256\n" + vector.timestamp + "\n" + vector.scope + "\n" + hashedRequest);

        assertThat(vector.signer.authorization(vector.credentials, vector.timestamp, vector.body))
                .isEqualTo("TC3-HMAC-SHA256 Credential=" + vector.credentials.secretId() + "/" + vector.scope
                        + ", SignedHeaders=" + vector.signedHeaders + ", Signature=" + vector.signature);
    }

    @ParameterizedTest
    @CsvSource({
        KEY_A
                + ", d1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a"
                + ", 3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050"
                + ", ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1",
        "********************************"
                + ", da98fb70dcf6b112dc21038d1eeeb3a95c74b4dcb12c1131f864f6066bd02be0"
                + ", 8d70cbefb03939f929db64d32dc2ba89b1095620119fe3e050e2b18c5bd2752f"
                + ", b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af"
    })
    void everyKeyOfTheDayIsAsPublished(String secretKey, String date, String service, String signing) {
        byte[] dateKey = ReferenceSigner.date(secretKey, "2019-02-25");
        byte[] serviceKey = ReferenceSigner.service(dateKey, "cvm");

        assertThat(hex(dateKey)).isEqualTo(date);
        assertThat(hex(serviceKey)).isEqualTo(service);
        assertThat(hex(DailyKey.signingKey(Secret.of(secretKey), "2019-02-25", "cvm")))
                .isEqualTo(signing)
                .isEqualTo(hex(ReferenceSigner.signing(serviceKey)));
    }

    @Test
    void aKeyLongerThanABlockIsHashedFirst() {
        String longKey = "k".repeat(65);

        assertThat(DailyKey.signingKey(Secret.of(longKey), "2019-02-25", "redis"))
                .isEqualTo(ReferenceSigner.signing(
                        ReferenceSigner.service(ReferenceSigner.date(longKey, "2019-02-25"), "redis")));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
