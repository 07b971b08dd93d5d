package io.ramet.spring;

import io.ramet.error.ApiRefusal;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.reactor.credentials.CredentialsStatus;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.CloneActivity.LastCall;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * A passive indicator: it reports how the last requests ended and sends none, because a look-up does not show whether a
 * purchase would succeed. It is down for a while after a request that failed for a reason that the next one would
 * share: no connection, no credentials, no permission, no balance, a wrong clock. Losing Redis does not make it DOWN:
 * the limit still holds, and the details show the degraded mode. Chunks in doubt call for an alert, not for a restart,
 * so they show in the details only.
 */
final class RametHealthIndicator implements HealthIndicator {

    private static final Set<Reason> UNHEALTHY =
            Set.of(Reason.NO_CONNECTION, Reason.CONNECTION_LOST, Reason.NO_CREDENTIALS);

    private final CloneActivity activity;
    private final @Nullable SharedShaper shaper;
    private final @Nullable RefreshingCredentials credentials;
    private final Duration failureAge;
    private final Clock clock;

    /**
     * {@code shaper} is null if the limit is not shared with other processes, {@code credentials} if the application
     * has a provider of its own.
     */
    RametHealthIndicator(
            CloneActivity activity,
            @Nullable SharedShaper shaper,
            @Nullable RefreshingCredentials credentials,
            Duration failureAge,
            Clock clock) {
        this.activity = activity;
        this.shaper = shaper;
        this.credentials = credentials;
        this.failureAge = failureAge;
        this.clock = clock;
    }

    @Override
    public Health health() {
        LastCall last = activity.lastCall().orElse(null);
        Health.Builder health = last != null
                        && last.failure().filter(RametHealthIndicator::isShared).isPresent()
                        && isFresh(last)
                ? Health.down()
                : Health.up();
        health.withDetail("plansRunning", activity.plans())
                .withDetail("callsWaiting", activity.waiting())
                .withDetail("callsInFlight", activity.inFlight())
                .withDetail("chunksInDoubt", activity.inDoubt());
        if (shaper != null) {
            SharedShaperStatus limit = shaper.state();
            health.withDetail("limit", limit.mode()).withDetail("limitReason", limit.reason());
        }
        if (credentials != null) {
            addCredentials(health, credentials.status());
        }
        if (last != null) {
            health.withDetail("lastCall", last.outcome()).withDetail("lastCallAt", last.at());
            last.failure().ifPresent(failure -> health.withDetail("lastFailure", String.valueOf(failure.getMessage())));
        }
        return health.build();
    }

    private static void addCredentials(Health.Builder health, CredentialsStatus status) {
        health.withDetail("credentials", status.provider());
        if (status.validFor() != null) {
            health.withDetail("credentialsValidFor", status.validFor().truncatedTo(ChronoUnit.SECONDS));
        }
        if (status.failure() != null) {
            health.withDetail("credentialsFailure", status.failure());
        }
    }

    private boolean isFresh(LastCall last) {
        return clock.instant().isBefore(last.at().plus(failureAge));
    }

    private static boolean isShared(Throwable failure) {
        if (failure instanceof ApiRefusal refusal) {
            return switch (refusal.code().kind()) {
                case ACCESS, BILLING, CLOCK -> true;
                case REQUEST, CAPACITY, THROTTLED, UNKNOWN -> false;
            };
        }
        return failure instanceof NotSent notSent && UNHEALTHY.contains(notSent.reason());
    }
}
