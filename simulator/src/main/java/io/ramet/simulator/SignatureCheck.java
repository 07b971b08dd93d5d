package io.ramet.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Computes the TC3-HMAC-SHA256 signature of a request again, from what was received, and compares both. */
final class SignatureCheck {

    private static final Duration GREATEST_SKEW = Duration.ofMinutes(5);
    private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
    private static final Pattern AUTHORIZATION = Pattern.compile("TC3-HMAC-SHA256 "
            + "Credential=(?<id>[^/,\\s]+)/(?<date>\\d{4}-\\d{2}-\\d{2})/(?<service>[^/,\\s]+)/tc3_request, ?"
            + "SignedHeaders=(?<names>[a-z0-9;-]+), ?"
            + "Signature=(?<signature>[0-9a-f]{64})");

    private final String secretId;
    private final String secretKey;
    private final String token;
    private final Set<String> services;
    private final TemporaryKeys temporary;

    SignatureCheck(String secretId, String secretKey, String token, Set<String> services) {
        this(secretId, secretKey, token, services, new TemporaryKeys());
    }

    SignatureCheck(String secretId, String secretKey, String token, Set<String> services, TemporaryKeys temporary) {
        this.secretId = secretId;
        this.secretKey = secretKey;
        this.token = token;
        this.services = services;
        this.temporary = temporary;
    }

    /** Refuses a request that is not signed by the known key for this time and service. */
    void verify(ApiRequest request, Instant now) {
        Matcher authorization = AUTHORIZATION.matcher(request.header("Authorization"));
        if (!authorization.matches()) {
            throw new ApiError("AuthFailure.InvalidAuthorization", "The Authorization header is malformed.");
        }
        if (!authorization.group("id").equals(secretId)) {
            TemporaryKeys.Key key = temporary
                    .find(authorization.group("id"))
                    .orElseThrow(() -> new ApiError("AuthFailure.SecretIdNotFound", "The SecretId is not found."));
            if (!now.isBefore(key.expiresAt())) {
                throw new ApiError("AuthFailure.TokenFailure", "The token is invalid, expired or missing.");
            }
            new SignatureCheck(key.id(), key.secret(), key.token(), services).verify(request, now);
            return;
        }
        Instant signedAt = timestamp(request);
        if (Duration.between(signedAt, now).abs().compareTo(GREATEST_SKEW) > 0) {
            throw new ApiError("AuthFailure.SignatureExpire", "The timestamp differs from the server's by over 300 s.");
        }
        verifyScope(authorization, signedAt);
        boolean matches = matches(request, authorization)
                || (!Api.isService(authorization.group("service")) && matches(request.onDefaultPort(), authorization));
        if (!matches) {
            throw new ApiError("AuthFailure.SignatureFailure", "The signature is not that of the received request.");
        }
        if (!request.header("X-TC-Token").equals(token)) {
            throw new ApiError("AuthFailure.TokenFailure", "The token is invalid, expired or missing.");
        }
    }

    private static Instant timestamp(ApiRequest request) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(request.header("X-TC-Timestamp")));
        } catch (NumberFormatException | DateTimeException notATime) {
            throw new ApiError("InvalidParameter", "X-TC-Timestamp is not a number of seconds.");
        }
    }

    private void verifyScope(Matcher authorization, Instant signedAt) {
        if (!isAccepted(authorization.group("service"))) {
            throw new ApiError("AuthFailure.SignatureFailure", "The service of the credential scope is another.");
        }
        String date = signedAt.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        if (!authorization.group("date").equals(date)) {
            throw new ApiError("AuthFailure.SignatureFailure", "The date of the scope is not that of the timestamp.");
        }
        List<String> names = Arrays.asList(authorization.group("names").split(";"));
        if (!names.contains("content-type") || !names.contains("host")) {
            throw new ApiError("AuthFailure.SignatureFailure", "content-type and host have to be signed.");
        }
    }

    /** A vendor's client that is pointed at {@code localhost:8080} signs for all of that. */
    private boolean isAccepted(String service) {
        String host = service.replaceFirst(":\\d+$", "");
        return services.contains(service) || (services.contains(host) && !Api.isService(host));
    }

    private boolean matches(ApiRequest request, Matcher authorization) {
        byte[] expected = signature(
                request, authorization.group("names"), authorization.group("date"), authorization.group("service"));
        return MessageDigest.isEqual(expected, HexFormat.of().parseHex(authorization.group("signature")));
    }

    byte[] signature(ApiRequest request, String names, String date, String service) {
        String toSign = "TC3-HMAC-SHA256\n" + request.header("X-TC-Timestamp") + "\n"
                + date + "/" + service + "/tc3_request\n"
                + sha256(utf8(canonicalRequest(request, names)));
        byte[] dateKey = hmac(utf8("TC3" + secretKey), date);
        byte[] serviceKey = hmac(dateKey, service);
        byte[] signingKey = hmac(serviceKey, "tc3_request");
        return hmac(signingKey, toSign);
    }

    static String canonicalRequest(ApiRequest request, String names) {
        String headers = Arrays.stream(names.split(";"))
                .sorted()
                .map(name -> name + ":" + request.header(name).strip().toLowerCase(Locale.ROOT) + "\n")
                .collect(Collectors.joining());
        String payloadHash = request.header("X-TC-Content-SHA256").equals(UNSIGNED)
                ? sha256(utf8(UNSIGNED))
                : sha256(request.body());
        return String.join("\n", request.method(), "/", request.query(), headers, names, payloadHash);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
