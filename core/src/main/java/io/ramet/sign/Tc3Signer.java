package io.ramet.sign;

import io.ramet.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Signs the requests of one action to one host with TC3-HMAC-SHA256. Thread-safe.
 *
 * <p>Everything that stays the same between requests is computed once: the canonical request up to the hash of the
 * body, and the key of the UTC day. The key is derived again when the day or the credentials change. There is no nonce:
 * the same bytes are valid twice, so each attempt has a signature of its own.
 */
public final class Tc3Signer {

    /** The service that every host of the product is signed for. */
    public static final String SERVICE = "redis";

    private static final String SIGNED = "content-type;host;x-tc-action";
    private static final long SECONDS_A_DAY = 86_400;

    private final String host;
    private final String action;
    private final String service;
    private final String version;
    private final String signedHeaders;
    private final byte[] canonicalHead;
    private volatile @Nullable DailyKey key;

    /**
     * A signer of one action on one host.
     *
     * @param host the host, with the port if that is not the scheme's own; sent in lower case, as it is signed
     * @param action the API action, such as {@code CloneInstances}
     */
    public Tc3Signer(String host, String action) {
        this(host, action, SERVICE);
    }

    /**
     * A signer for one action of any service.
     *
     * @param host the host, with the port if that is not the scheme's own; sent in lower case, as it is signed
     * @param action the API action, such as {@code AssumeRole}
     * @param service the service in the credential scope, such as {@code sts}
     */
    public Tc3Signer(String host, String action, String service) {
        this(host, action, service, SignedHeaders.VERSION);
    }

    /**
     * A signer for one action of a service whose API has another version.
     *
     * @param host the host, with the port if that is not the scheme's own; sent in lower case, as it is signed
     * @param action the API action, such as {@code DescribeSubnets}
     * @param service the service in the credential scope, such as {@code vpc}
     * @param version the version of its API, such as {@code 2017-03-12}; not signed
     */
    public Tc3Signer(String host, String action, String service, String version) {
        this(host.toLowerCase(Locale.ROOT), action, service, version, SIGNED, canonicalHead(host, action));
    }

    /** For the published vectors, which sign other services, methods and headers. */
    Tc3Signer(String host, String action, String service, String signedHeaders, String canonicalHead) {
        this(host, action, service, SignedHeaders.VERSION, signedHeaders, canonicalHead);
    }

    private Tc3Signer(
            String host, String action, String service, String version, String signedHeaders, String canonicalHead) {
        this.version = version;
        this.host = host;
        this.action = action;
        this.service = service;
        this.signedHeaders = signedHeaders;
        this.canonicalHead = canonicalHead.getBytes(StandardCharsets.UTF_8);
    }

    private static String canonicalHead(String host, String action) {
        return "POST\n/\n\n"
                + "content-type:" + SignedHeaders.CONTENT_TYPE + "\n"
                + "host:" + host.toLowerCase(Locale.ROOT) + "\n"
                + "x-tc-action:" + action.toLowerCase(Locale.ROOT) + "\n\n"
                + SIGNED + "\n";
    }

    /**
     * Signs one request.
     *
     * @param credentials the credentials to sign with
     * @param region the region of the request, such as {@code ap-guangzhou}
     * @param timestamp UNIX seconds, not negative; the server refuses a difference of more than 300 s
     * @param body the exact bytes that will be sent
     * @return all headers of the request
     */
    public SignedHeaders sign(Credentials credentials, String region, long timestamp, byte[] body) {
        Secret authorization = Secret.of(authorization(credentials, timestamp, body));
        return new SignedHeaders(host, action, version, region, timestamp, authorization, credentials.token());
    }

    String authorization(Credentials credentials, long timestamp, byte[] body) {
        DailyKey key = keyFor(credentials, Math.floorDiv(timestamp, SECONDS_A_DAY));
        SigningBuffer buffer = new SigningBuffer();
        canonicalRequest(buffer, body).hash();
        return key.authorization(buffer, timestamp);
    }

    SigningBuffer canonicalRequest(SigningBuffer buffer, byte[] body) {
        return buffer.hash(body).add(canonicalHead).addHex();
    }

    /** A lost race derives the same key twice, which is harmless. */
    private DailyKey keyFor(Credentials credentials, long epochDay) {
        DailyKey current = key;
        if (current == null || !current.isFor(credentials, epochDay)) {
            current = DailyKey.derive(credentials, epochDay, service, signedHeaders);
            key = current;
        }
        return current;
    }
}
