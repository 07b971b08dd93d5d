package io.ramet.reactor.credentials;

import io.ramet.error.InvalidValueException;
import io.ramet.json.JsonFields;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.CredentialsTransport;
import io.ramet.reactor.transport.ExchangeFailure;
import io.ramet.sign.CredentialsUnavailableException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The metadata service of a CVM instance, which provides the credentials of the role that is bound to the instance.
 */
final class MetadataService {

    private static final String PATH = "/latest/meta-data/cam/security-credentials/";
    /** Short, because the service is on the same machine. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final URI endpoint;
    private final CredentialsTransport transport;
    private final Clock clock;
    private final Scheduler scheduler;

    MetadataService(URI endpoint, CredentialsTransport transport, Clock clock, Scheduler scheduler) {
        this.endpoint = endpoint;
        this.transport = transport;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    static boolean isRoleName(String text) {
        return text.matches("[\\w+=,.@-]{1,128}");
    }

    /** {@return credentials of the role that is bound to this instance} */
    Mono<SourcedCredentials> credentials(String source) {
        return get(source, "")
                .map(response -> roleName(source, response))
                .flatMap(roleName -> credentials(source, roleName));
    }

    Mono<SourcedCredentials> credentials(String source, String roleName) {
        return get(source, roleName).map(response -> read(source, response));
    }

    private Mono<ApiResponse> get(String source, String roleName) {
        CredentialsTransport.Request request =
                new CredentialsTransport.Request(endpoint.resolve(PATH + roleName), Map.of(), null);
        return transport
                .exchange(request)
                .timeout(LIMIT, scheduler)
                // On threads that may block, because the next steps may read files.
                .publishOn(scheduler)
                .onErrorMap(failure -> failure instanceof UnknownHostException
                        ? CredentialsUnavailableException.absent(source, "no host " + endpoint.getHost())
                        : failed(source, failure))
                .doOnNext(response -> check(source, roleName, response));
    }

    private static CredentialsUnavailableException failed(String source, Throwable failure) {
        return failure instanceof TimeoutException
                ? broken(source, "no response within " + LIMIT.toMillis() + " ms", failure)
                : broken(
                        source,
                        ExchangeFailure.words(failure),
                        ExchangeFailure.quotesNothing(failure) ? failure : null);
    }

    private static void check(String source, String roleName, ApiResponse response) {
        if (response.status() == 404) {
            String what = roleName.isEmpty() ? "no role is bound to this instance" : "no role " + roleName;
            throw CredentialsUnavailableException.absent(source, what);
        }
        if (response.status() != 200) {
            throw broken(source, "the metadata service responded with HTTP status " + response.status(), null);
        }
    }

    /** Does not quote the text, because any server may be at that address. */
    private static String roleName(String source, ApiResponse response) {
        String text = new String(response.body(), StandardCharsets.UTF_8).strip();
        if (!isRoleName(text)) {
            throw broken(source, "the metadata service named no role", null);
        }
        return text;
    }

    private SourcedCredentials read(String source, ApiResponse response) {
        try {
            JsonFields fields = JsonFields.read(response.body());
            String code = fields.text("Code").orElse("missing");
            if (!code.equals("Success")) {
                throw broken(source, "the metadata service responded with Code " + code, null);
            }
            return IssuedKeys.read(source, fields, response, clock);
        } catch (InvalidValueException e) {
            throw broken(source, "the metadata service responded with no JSON object", null);
        }
    }

    private static CredentialsUnavailableException broken(String source, String what, @Nullable Throwable cause) {
        return CredentialsUnavailableException.broken(source, what, cause);
    }
}
