package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.sign.Credentials;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * TC3-HMAC-SHA256 by the steps of its documentation, with every hash and every key computed again for every request.
 *
 * @param canonicalRequestHead the canonical request up to the hash of the body
 * @param signedHeaders the names of the signed headers
 */
record PlainSigner(String canonicalRequestHead, String signedHeaders) {

    private static final String ALGORITHM = "TC3-HMAC-SHA256";

    /** Signs what Ramet signs. */
    static PlainSigner likeOurs(String host, String action) {
        return of(
                "content-type:application/json\nhost:" + host + "\nx-tc-action:" + action.toLowerCase(Locale.ROOT),
                "content-type;host;x-tc-action");
    }

    /** Signs what the vendor's SDK signs. */
    static PlainSigner likeVendors(String host) {
        return of("content-type:application/json; charset=utf-8\nhost:" + host, "content-type;host");
    }

    private static PlainSigner of(String headers, String names) {
        return new PlainSigner("POST\n/\n\n" + headers + "\n\n" + names + "\n", names);
    }

    String authorization(Credentials credentials, long timestamp, byte[] body) throws GeneralSecurityException {
        String request = canonicalRequestHead + hex(sha256(body));
        String stringToSign = stringToSignHead(timestamp) + hex(sha256(request.getBytes(UTF_8)));
        byte[] signature = hmac(signingKey(credentials, timestamp), stringToSign);
        return ALGORITHM + " Credential=" + credentials.secretId() + "/" + scope(timestamp) + ", SignedHeaders="
                + signedHeaders + ", Signature=" + hex(signature);
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
        return LocalDate.ofInstant(Instant.ofEpochSecond(timestamp), ZoneOffset.UTC)
                .toString();
    }

    static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(UTF_8));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
