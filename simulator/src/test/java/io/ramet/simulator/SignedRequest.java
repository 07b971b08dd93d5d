package io.ramet.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A request as a client would sign it. It shares no code with the simulator that it tests. */
record SignedRequest(
        String secretId, String secretKey, String service, Instant at, Map<String, String> headers, String body) {

    static final String CLONE = """
            {"InstanceId":"crs-source01","GoodsNum":2,"ZoneId":100003,"BillingMode":0,"Period":1,
            "SecurityGroupIdList":["sg-bmadczm1"],"BackupId":"154572601-1165734322-153705740",
            "InstanceName":"plan-0001","Password":"Sesame-opens-7"}""";

    static SignedRequest clone(Simulator simulator) {
        return of(simulator, "CloneInstances", CLONE);
    }

    static SignedRequest of(Simulator simulator, String action, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "127.0.0.1:" + simulator.port());
        headers.put("Content-Type", "application/json");
        headers.put("X-TC-Action", action);
        headers.put("X-TC-Version", "2018-04-12");
        headers.put("X-TC-Region", "ap-guangzhou");
        return new SignedRequest(simulator.secretId(), simulator.secretKey(), "redis", Instant.now(), headers, body);
    }

    SignedRequest key(String id, String key) {
        return new SignedRequest(id, key, service, at, headers, body);
    }

    SignedRequest service(String other) {
        return new SignedRequest(secretId, secretKey, other, at, headers, body);
    }

    SignedRequest at(Instant other) {
        return new SignedRequest(secretId, secretKey, service, other, headers, body);
    }

    SignedRequest body(String other) {
        return new SignedRequest(secretId, secretKey, service, at, headers, other);
    }

    SignedRequest replacing(String part, String other) {
        if (!body.contains(part)) {
            throw new IllegalArgumentException("the body has no " + part);
        }
        return body(body.replace(part, other));
    }

    SignedRequest header(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(name, value);
        return new SignedRequest(secretId, secretKey, service, at, changed, body);
    }

    SignedRequest without(String name) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.remove(name);
        return new SignedRequest(secretId, secretKey, service, at, changed, body);
    }

    String authorization() {
        String canonical = "POST\n/\n\ncontent-type:" + headers.get("Content-Type") + "\nhost:" + headers.get("Host")
                + "\n\ncontent-type;host\n" + hex(sha256(body));
        String date = at.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        String scope = date + "/" + service + "/tc3_request";
        String toSign = "TC3-HMAC-SHA256\n" + at.getEpochSecond() + "\n" + scope + "\n" + hex(sha256(canonical));
        byte[] key = hmac(("TC3" + secretKey).getBytes(StandardCharsets.UTF_8), date);
        String signature = hex(hmac(hmac(hmac(key, service), "tc3_request"), toSign));
        return "TC3-HMAC-SHA256 Credential=" + secretId + "/" + scope + ", SignedHeaders=content-type;host, Signature="
                + signature;
    }

    /** The bytes on the wire. Headers that a test has set replace those of the signature. */
    byte[] bytes() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("X-TC-Timestamp", Long.toString(at.getEpochSecond()));
        all.put("Authorization", authorization());
        all.put("Content-Length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
        all.putAll(headers);
        String head = all.entrySet().stream()
                .filter(header -> !header.getValue().isEmpty())
                .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                .collect(Collectors.joining());
        return ("POST / HTTP/1.1\r\n" + head + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
