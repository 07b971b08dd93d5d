package io.ramet.sign;

import io.ramet.model.Secret;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All headers of a signed request. Send them unchanged, above all {@code Host} and {@code Content-Type}, which are
 * signed.
 *
 * @param host {@code Host}
 * @param action {@code X-TC-Action}
 * @param version {@code X-TC-Version}
 * @param region {@code X-TC-Region}
 * @param timestamp {@code X-TC-Timestamp}, UNIX seconds
 * @param authorization {@code Authorization}
 * @param token {@code X-TC-Token}, or null with permanent credentials
 */
public record SignedHeaders(
        String host,
        String action,
        String version,
        String region,
        long timestamp,
        Secret authorization,
        @Nullable Secret token) {

    /** The API version that requests are made for. */
    public static final String VERSION = "2018-04-12";

    /** The only content type that is signed and sent. */
    public static final String CONTENT_TYPE = "application/json";

    /**
     * Passes each header on.
     *
     * @param header receives a name and a value
     */
    public void forEach(BiConsumer<String, String> header) {
        header.accept("Host", host);
        header.accept("Content-Type", CONTENT_TYPE);
        header.accept("X-TC-Action", action);
        header.accept("X-TC-Version", version);
        header.accept("X-TC-Region", region);
        header.accept("X-TC-Timestamp", Long.toString(timestamp));
        header.accept("Authorization", authorization.reveal());
        if (token != null) {
            header.accept("X-TC-Token", token.reveal());
        }
    }
}
