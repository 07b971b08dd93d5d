package io.ramet.reactor.credentials;

import io.ramet.json.JsonFields;
import io.ramet.model.Secret;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.Function;

/** Reads temporary credentials, for which the metadata service and the token service use the same names. */
final class IssuedKeys {

    private IssuedKeys() {}

    /** Reads a response of the metadata service. */
    static SourcedCredentials read(String source, JsonFields fields, ApiResponse response, Clock clock) {
        return read(source, name -> fields.text(name).orElse(""), fields.number("ExpiredTime"), response, clock);
    }

    /** Reads a response of the Security Token Service. */
    static SourcedCredentials readSts(String source, JsonFields fields, ApiResponse response, Clock clock) {
        return read(
                source,
                name -> fields.text("Response", "Credentials", name).orElse(""),
                fields.number("Response", "ExpiredTime"),
                response,
                clock);
    }

    private static SourcedCredentials read(
            String source, Function<String, String> text, OptionalLong expiry, ApiResponse response, Clock clock) {
        String id = text.apply("TmpSecretId");
        String key = text.apply("TmpSecretKey");
        String token = text.apply("Token");
        if (id.isEmpty() || key.isEmpty() || token.isEmpty() || expiry.isEmpty()) {
            throw broken(source, "a response without TmpSecretId, TmpSecretKey, Token or ExpiredTime");
        }
        // By the server's clock if the response has a date, because the local clock may be wrong.
        Instant date = response.date();
        Instant now = date == null ? clock.instant() : date;
        Duration validFor = Duration.between(now, Instant.ofEpochSecond(expiry.getAsLong()));
        if (validFor.isNegative() || validFor.isZero()) {
            throw broken(source, "credentials that expired at " + Instant.ofEpochSecond(expiry.getAsLong()));
        }
        return SourcedCredentials.issued(source, new Credentials(id, Secret.of(key), Secret.of(token)), validFor);
    }

    private static CredentialsUnavailableException broken(String source, String what) {
        return CredentialsUnavailableException.broken(source, what, null);
    }
}
