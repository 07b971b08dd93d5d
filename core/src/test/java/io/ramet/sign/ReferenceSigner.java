package io.ramet.sign;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** TC3-HMAC-SHA256 step by step as the vendor describes it: slow, and with nothing shared with the real one. */
final class ReferenceSigner {

    private ReferenceSigner() {}

    static String authorization(
            String id, String key, String host, String action, String contentType, long timestamp, byte[] body) {
        String canonicalRequest = String.join(
                "\n",
                "POST",
                "/",
                "",
                "content-type:" + contentType.toLowerCase(Locale.ROOT).trim(),
                "host:" + host.toLowerCase(Locale.ROOT).trim(),
                "x-tc-action:" + action.toLowerCase(Locale.ROOT).trim(),
                "",
                "content-type;host;x-tc-action",
                sha256(body));
        String date = DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(Instant.ofEpochSecond(timestamp));
        String scope = date + "/redis/tc3_request";
        String stringToSign = "TC3-HMAC-SHA256\n" + timestamp + "\n" + scope + "\n" + sha256(bytes(canonicalRequest));
        byte[] signature = hmac(signing(service(date(key, date), "redis")), stringToSign);
        return "TC3-HMAC-SHA256 Credential=" + id + "/" + scope
                + ", SignedHeaders=content-type;host;x-tc-action, Signature="
                + HexFormat.of().formatHex(signature);
    }

    static byte[] date(String secretKey, String date) {
        return hmac(bytes("TC3" + secretKey), date);
    }

    static byte[] service(byte[] dateKey, String service) {
        return hmac(dateKey, service);
    }

    static byte[] signing(byte[] serviceKey) {
        return hmac(serviceKey, "tc3_request");
    }

    private static byte[] hmac(byte[] key, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes(message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
