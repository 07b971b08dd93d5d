package io.ramet.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.model.Secret;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * The signing key of one UTC day, and all text that stays the same on that day. The key is kept as the two blocks that
 * HMAC prepends to its input. Immutable.
 */
final class DailyKey {

    private static final String ALGORITHM = "TC3-HMAC-SHA256";
    private static final byte[] ALGORITHM_LINE = (ALGORITHM + "\n").getBytes(UTF_8);
    private static final int BLOCK = 64;

    private final Credentials credentials;
    private final long epochDay;
    private final byte[] innerPad;
    private final byte[] outerPad;
    private final byte[] scopeLine;
    private final byte[] authorizationHead;

    private DailyKey(Credentials credentials, long epochDay, byte[] key, String scope, String signedHeaders) {
        this.credentials = credentials;
        this.epochDay = epochDay;
        this.innerPad = padded(key, 0x36);
        this.outerPad = padded(key, 0x5c);
        this.scopeLine = ("\n" + scope + "\n").getBytes(UTF_8);
        this.authorizationHead = (ALGORITHM + " Credential=" + credentials.secretId() + "/" + scope + ", SignedHeaders="
                        + signedHeaders + ", Signature=")
                .getBytes(UTF_8);
    }

    static DailyKey derive(Credentials credentials, long epochDay, String service, String signedHeaders) {
        String date = LocalDate.ofEpochDay(epochDay).toString();
        byte[] key = signingKey(credentials.secretKey(), date, service);
        return new DailyKey(credentials, epochDay, key, date + "/" + service + "/tc3_request", signedHeaders);
    }

    static byte[] signingKey(Secret secretKey, String date, String service) {
        byte[] kDate = hmac(("TC3" + secretKey.reveal()).getBytes(UTF_8), date);
        byte[] kService = hmac(kDate, service);
        return hmac(kService, "tc3_request");
    }

    boolean isFor(Credentials given, long day) {
        return day == epochDay && given.equals(credentials);
    }

    /** Signs the canonical request whose hash is the last in the buffer. */
    String authorization(SigningBuffer buffer, long timestamp) {
        stringToSign(buffer.add(innerPad), timestamp).hash();
        buffer.add(outerPad).addHash().hash();
        return buffer.add(authorizationHead).addHex().text();
    }

    SigningBuffer stringToSign(SigningBuffer buffer, long timestamp) {
        return buffer.add(ALGORITHM_LINE).add(timestamp).add(scopeLine).addHex();
    }

    private static byte[] hmac(byte[] key, String message) {
        SigningBuffer buffer = new SigningBuffer();
        buffer.add(padded(key, 0x36)).add(message.getBytes(UTF_8)).hash();
        return buffer.add(padded(key, 0x5c)).addHash().hash().lastHash();
    }

    private static byte[] padded(byte[] key, int pad) {
        byte[] block =
                Arrays.copyOf(key.length > BLOCK ? new SigningBuffer().hash(key).lastHash() : key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        return block;
    }
}
