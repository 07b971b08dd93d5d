package io.ramet.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Tc3SignerTest {

    private static final String HOST = "redis.tencentcloudapi.com";
    private static final String REGION = "ap-guangzhou";
    private static final long MIDNIGHT = 1_764_547_200; // 2025-12-01T00:00:00Z
    private static final Credentials ALICE = Credentials.of("AKIDalice-1234567", "alices-own-key");
    private static final Credentials BOB = Credentials.of("AKIDbobby-1234567", "bobs-own-key");
    private static final byte[] BODY = "{\"GoodsNum\":30}".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(
            strings = {
                HOST,
                "redis.intl.tencentcloudapi.com",
                "redis.ap-singapore.tencentcloudapi.com",
                "redis.ap-shanghai-fsi.tencentcloudapi.com",
                "127.0.0.1:8443",
                "Proxy.Example.COM:8080"
            })
    void everyHostIsSignedAsTheReferenceDoes(String host) {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            String action = random.nextBoolean() ? "CloneInstances" : "DescribeInstances";
            Tc3Signer signer = new Tc3Signer(host, action);
            for (int i = 0; i < 3; i++) {
                String id = "AKID" + random.nextInt();
                String key = "k".repeat(random.nextInt(80)) + random.nextLong();
                long timestamp = random.nextLong(4_000_000_000L);
                byte[] body = new byte[random.nextInt(300)];
                random.nextBytes(body);

                SignedHeaders headers = signer.sign(Credentials.of(id, key), REGION, timestamp, body);

                assertThat(headers.authorization().reveal())
                        .as("seed %d", seed)
                        .isEqualTo(ReferenceSigner.authorization(
                                id, key, headers.host(), action, SignedHeaders.CONTENT_TYPE, timestamp, body));
            }
        }
    }

    @Test
    void theHostThatIsSentIsTheOneThatIsSigned() {
        assertThat(sent(new Tc3Signer("Proxy.Example.COM:8080", "CloneInstances").sign(ALICE, REGION, MIDNIGHT, BODY)))
                .containsEntry("Host", "proxy.example.com:8080");
    }

    @Test
    void everyHeaderOfACallIsHandedOut() {
        Credentials temporary = new Credentials("AKIDtemporary", Secret.of("key"), Secret.of("session-token"));
        Tc3Signer signer = new Tc3Signer(HOST, "CloneInstances");

        Map<String, String> sent = sent(signer.sign(temporary, "ap-shanghai-fsi", MIDNIGHT, BODY));

        assertThat(sent.keySet())
                .containsExactly(
                        "Host",
                        "Content-Type",
                        "X-TC-Action",
                        "X-TC-Version",
                        "X-TC-Region",
                        "X-TC-Timestamp",
                        "Authorization",
                        "X-TC-Token");
        assertThat(sent)
                .containsEntry("Host", HOST)
                .containsEntry("Content-Type", "application/json")
                .containsEntry("X-TC-Action", "CloneInstances")
                .containsEntry("X-TC-Version", "2018-04-12")
                .containsEntry("X-TC-Region", "ap-shanghai-fsi")
                .containsEntry("X-TC-Timestamp", "1764547200")
                .containsEntry("X-TC-Token", "session-token");
        assertThat(sent.get("Authorization"))
                .startsWith("TC3-HMAC-SHA256 Credential=AKIDtemporary/2025-12-01/redis/tc3_request, ");
    }

    @Test
    void permanentCredentialsSendNoToken() {
        assertThat(sent(new Tc3Signer(HOST, "CloneInstances").sign(ALICE, REGION, MIDNIGHT, BODY)))
                .doesNotContainKey("X-TC-Token");
    }

    @Test
    void theKeyChangesAtMidnightUtcInBothDirections() {
        Tc3Signer signer = new Tc3Signer(HOST, "CloneInstances");

        for (long offset : new long[] {-1, 0, -1, 86_399, 86_400, 0, -86_400, -86_401}) {
            SignedHeaders headers = signer.sign(ALICE, REGION, MIDNIGHT + offset, BODY);
            assertThat(headers.authorization()).as("offset %d", offset).isEqualTo(reference(ALICE, MIDNIGHT + offset));
        }
        assertThat(signer.authorization(ALICE, MIDNIGHT - 1, BODY)).contains("/2025-11-30/");
        assertThat(signer.authorization(ALICE, MIDNIGHT, BODY)).contains("/2025-12-01/");
    }

    @Test
    void aDayKeyIsForItsOwnDayAndCredentialsOnly() {
        DailyKey today = DailyKey.derive(ALICE, 20_423, "redis", "host");

        assertThat(today.isFor(Credentials.of(ALICE.secretId(), "alices-own-key"), 20_423))
                .isTrue();
        assertThat(today.isFor(ALICE, 20_424)).isFalse();
        assertThat(today.isFor(Credentials.of(ALICE.secretId(), "another-key"), 20_423))
                .isFalse();
        assertThat(today.isFor(Credentials.of("AKIDanother", "alices-own-key"), 20_423))
                .isFalse();
    }

    @Test
    void aNewIdWithTheSameKeySignsUnderItsOwnName() {
        Tc3Signer signer = new Tc3Signer(HOST, "CloneInstances");
        signer.sign(ALICE, REGION, MIDNIGHT, BODY);
        Credentials renamed = new Credentials("AKIDrenamed", ALICE.secretKey(), null);

        assertThat(signer.sign(renamed, REGION, MIDNIGHT, BODY).authorization())
                .isEqualTo(reference(renamed, MIDNIGHT));
    }

    @Test
    void anIdOfAnyLengthAndAlphabetFitsIn() {
        Tc3Signer signer = new Tc3Signer(HOST, "CloneInstances");

        for (String id : List.of("A", "AKID" + "9".repeat(500), "AKIDé名😀")) {
            Credentials who = Credentials.of(id, "key");
            assertThat(signer.sign(who, REGION, 7, BODY).authorization()).isEqualTo(reference(who, 7));
        }
    }

    @Test
    void signingLeavesTheBodyAsItWas() {
        byte[] body = BODY.clone();

        new Tc3Signer(HOST, "CloneInstances").sign(ALICE, REGION, MIDNIGHT, body);

        assertThat(body).isEqualTo(BODY);
    }

    @Test
    void concurrentCallersWithAlternatingKeysDaysAndBodiesGetTheirOwnSignature() throws Exception {
        Tc3Signer signer = new Tc3Signer(HOST, "CloneInstances");
        List<Credentials> callers = List.of(ALICE, BOB);
        List<byte[]> bodies = new ArrayList<>();
        List<Secret> expected = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            bodies.add(("{\"GoodsNum\":" + "9".repeat(100 * i) + "}").getBytes(StandardCharsets.UTF_8));
            expected.add(reference(callers.get(i % 2), MIDNIGHT - i / 2, bodies.get(i)));
        }
        int threads = 8;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                wrong.add(pool.submit(() -> {
                    together.await(10, TimeUnit.SECONDS);
                    int mistakes = 0;
                    for (int n = 0; n < 2_000; n++) {
                        int i = (n + thread) % 4;
                        SignedHeaders headers =
                                signer.sign(callers.get(i % 2), REGION, MIDNIGHT - i / 2, bodies.get(i));
                        if (!headers.authorization().equals(expected.get(i))) {
                            mistakes++;
                        }
                    }
                    return mistakes;
                }));
            }
            for (Future<Integer> mistakes : wrong) {
                assertThat(mistakes.get(30, TimeUnit.SECONDS)).isZero();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void nothingSecretIsPrinted() {
        Credentials temporary = new Credentials("AKIDtemporary", Secret.of("private-half"), Secret.of("session-token"));
        Tc3Signer signer = new Tc3Signer(HOST, "CloneInstances");
        SignedHeaders headers = signer.sign(temporary, REGION, MIDNIGHT, BODY);
        String signature = headers.authorization().reveal().replaceAll(".*Signature=", "");

        assertThat(signature).hasSize(64);
        assertThat(temporary + " " + headers + " " + signer)
                .contains("Credentials[AKIDtemp…]")
                .doesNotContain("private-half", "session-token", signature, "AKIDtemporary/");
    }

    @Test
    void blankPartsAreRefusedAndNotShown() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Credentials.of(" ", "private-half"))
                .withMessage("secretId '': must not be blank");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Credentials.of("AKID", " "))
                .withMessage("secretKey ***: must not be blank");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> new Credentials("AKID", Secret.of("private-half"), Secret.of("")))
                .withMessage("token ***: must not be blank");
    }

    private static Secret reference(Credentials who, long timestamp) {
        return reference(who, timestamp, BODY);
    }

    private static Secret reference(Credentials who, long timestamp, byte[] body) {
        return Secret.of(ReferenceSigner.authorization(
                who.secretId(), who.secretKey().reveal(), HOST, "CloneInstances", "application/json", timestamp, body));
    }

    private static Map<String, String> sent(SignedHeaders headers) {
        Map<String, String> sent = new LinkedHashMap<>();
        headers.forEach(sent::put);
        return sent;
    }
}
