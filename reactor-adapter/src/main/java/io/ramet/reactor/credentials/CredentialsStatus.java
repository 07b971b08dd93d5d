package io.ramet.reactor.credentials;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The state of {@link RefreshingCredentials}, for health. It holds no secret.
 *
 * @param provider the name of the source that the last credentials are from; that of the whole chain before the first
 * @param validFor how long the last credentials are still valid, zero if they have expired; null if there are none yet,
 *     or if they do not expire
 * @param failure why the last refresh failed; null if it did not
 */
public record CredentialsStatus(
        String provider,
        @Nullable Duration validFor,
        @Nullable String failure) {}
