package io.ramet.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.sign.Credentials;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** TC3-HMAC-SHA256 as its documentation spells it out: every hash and every key from the beginning, for every call. */
final class PlainSigner {

    private static final String ALGORITHM = "TC3-HMAC-SHA256";
    private static final String SIGNED_HEADERS = "content-type;host;x-tc-action";

    private PlainSigner() {}

    static String authorization(Credentials credentials, String host, String action, long timestamp, byte[] body)
            throws GeneralSecurityException {
        String request = canonicalRequestHead(host, action) + hex(sha256(body));
        String stringToSign = stringToSignHead(timestamp) + hex(sha256(request.getBytes(UTF_8)));
        byte[] signature = hmac(signingKey(credentials, timestamp), stringToSign);
        return ALGORITHM + " Credential=" + credentials.secretId() + "/" + scope(timestamp) + ", SignedHeaders="
                + SIGNED_HEADERS + ", Signature=" + hex(signature);
    }

    /** The canonical request up to the hash of the body. */
    static String canonicalRequestHead(String host, String action) {
        return "POST\n/\n\ncontent-type:application/json\nhost:" + host + "\nx-tc-action:"
                + action.toLowerCase(Locale.ROOT) + "\n\n" + SIGNED_HEADERS + "\n";
    }

    /** The string to sign up to the hash of the canonical request. */
    static String stringToSignHead(long timestamp) {
        return String.join("\n", ALGORITHM, Long.toString(timestamp), scope(timestamp), "");
    }

    static byte[] signingKey(Credentials credentials, long timestamp) throws GeneralSecurityException {
        String secret = "TC3" + credentials.secretKey().reveal();
        byte[] dateKey = hmac(secret.getBytes(UTF_8), date(timestamp));
        return hmac(hmac(dateKey, "redis"), "tc3_request");
    }

    private static String scope(long timestamp) {
        return date(timestamp) + "/redis/tc3_request";
    }

    private static String date(long timestamp) {
        return Instant.ofEpochSecond(timestamp)
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .toString();
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
