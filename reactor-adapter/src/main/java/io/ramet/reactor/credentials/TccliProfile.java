package io.ramet.reactor.credentials;

import io.ramet.json.JsonFields;
import io.ramet.model.Secret;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** The content of a {@code *.credential} file of {@code tccli}. Only tccli refreshes these files. */
record TccliProfile(String source, JsonFields content, Clock clock) {

    boolean isCvmRole() {
        return content.text("type").filter("cvm-role"::equals).isPresent();
    }

    /** {@return the role to assume with {@link #keys}; empty if the keys are used directly} */
    Optional<AssumedRole> assumedRole() {
        return content.text("role-arn")
                .flatMap(arn -> content.text("role-session-name").map(session -> AssumedRole.of(arn, session)));
    }

    SourcedCredentials credentials() {
        Credentials keys = keys();
        OptionalLong expiresAt = content.number("expiresAt");
        if (expiresAt.isEmpty()) {
            return SourcedCredentials.local(source, keys, null);
        }
        Instant expiry = Instant.ofEpochSecond(expiresAt.getAsLong());
        Duration validFor = Duration.between(clock.instant(), expiry);
        if (validFor.isNegative() || validFor.isZero()) {
            throw broken("expired at " + expiry + ": run `" + login() + "`");
        }
        return SourcedCredentials.local(source, keys, validFor);
    }

    Credentials keys() {
        String id = content.text("secretId").orElseThrow(() -> broken("without secretId: run `" + login() + "`"));
        String key = content.text("secretKey").orElseThrow(() -> broken("without secretKey: run `" + login() + "`"));
        return new Credentials(
                id, Secret.of(key), content.text("token").map(Secret::of).orElse(null));
    }

    private String login() {
        return switch (content.text("type").orElse("")) {
            case "sso" -> "tccli sso login";
            case "oauth" -> "tccli auth login";
            default -> "tccli configure";
        };
    }

    private CredentialsUnavailableException broken(String what) {
        return CredentialsUnavailableException.broken(source, what, null);
    }
}
