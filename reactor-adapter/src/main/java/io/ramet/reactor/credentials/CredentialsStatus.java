package io.ramet.reactor.credentials;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The state of {@link RefreshingCredentials}, for health checks. It holds no secret.
 *
 * @param provider the name of the source of the last credentials; before the first ones, that of the whole chain
 * @param validFor how long the last credentials are still valid, or zero if they have expired; null if there are none
 *     yet, or if they do not expire
 * @param failure why the last refresh failed; null if it succeeded
 */
public record CredentialsStatus(
        String provider,
        @Nullable Duration validFor,
        @Nullable String failure) {}
