package io.ramet.reactor.credentials;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.RametException;
import io.ramet.json.JsonFields;
import io.ramet.model.Secret;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.CredentialsTransport;
import io.ramet.reactor.transport.EndpointRule;
import io.ramet.reactor.transport.ExchangeFailure;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.CredentialsUnavailableException;
import io.ramet.sign.SignedHeaders;
import io.ramet.sign.Tc3Signer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

/**
 * The Security Token Service. Its actions change nothing, so a request without a usable response is sent again.
 * Requests are signed, except AssumeRoleWithWebIdentity, which is authenticated by its token.
 */
final class SecurityTokenService {

    private static final String SERVICE = "sts";
    private static final String VERSION = "2018-08-13";
    private static final String WEB_IDENTITY = "AssumeRoleWithWebIdentity";
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final RetryBackoffSpec RETRIES = Retry.backoff(2, Duration.ofMillis(200))
            .filter(SecurityTokenService::mayPass)
            .onRetryExhaustedThrow((spec, signal) -> signal.failure());

    private final URI endpoint;
    private final String host;
    private final CredentialsTransport transport;
    private final Clock clock;
    private final Scheduler scheduler;
    /** The service's clock minus the local clock, measured when the service refuses a timestamp. */
    private volatile Duration offset = Duration.ZERO;

    /** Creates the headers of a request, with a signature if it needs one. */
    private interface Headers {
        Map<String, String> at(long timestamp);
    }

    /** A request has no usable response. It has changed nothing. */
    private static final class Unusable extends RuntimeException {

        Unusable(String what, @Nullable Throwable cause) {
            super(what, cause, false, false);
        }

        static Unusable of(Throwable failure) {
            return failure instanceof TimeoutException
                    ? new Unusable("no response within " + LIMIT.toMillis() + " ms", failure)
                    : new Unusable(
                            ExchangeFailure.words(failure), ExchangeFailure.quotesNothing(failure) ? failure : null);
        }
    }

    SecurityTokenService(URI endpoint, CredentialsTransport transport, Clock clock, Scheduler scheduler) {
        this.endpoint = endpoint.resolve("/");
        this.host = EndpointRule.hostHeader(endpoint);
        this.transport = transport;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    Mono<SourcedCredentials> assumeRole(String source, AssumedRole role, String region, CredentialsProvider by) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("RoleArn", role.roleArn());
        fields.put("RoleSessionName", role.sessionName());
        fields.put("DurationSeconds", role.duration().toSeconds());
        if (role.externalId() != null) {
            fields.put("ExternalId", role.externalId());
        }
        if (role.policy() != null) {
            fields.put("Policy", URLEncoder.encode(role.policy(), StandardCharsets.UTF_8));
        }
        return signed("AssumeRole", region, JsonFields.write(fields), by)
                .map(received -> IssuedKeys.readSts(source, received.fields(), received.response(), clock))
                .onErrorMap(failure -> typed(source, "AssumeRole", failure));
    }

    Mono<SourcedCredentials> assumeRole(String source, WebIdentity identity, Secret token) {
        byte[] body = JsonFields.write(Map.of(
                "ProviderId", identity.providerId(),
                "WebIdentityToken", token.reveal(),
                "RoleArn", identity.roleArn(),
                "RoleSessionName", identity.sessionName(),
                "DurationSeconds", identity.duration().toSeconds()));
        return exchange(body, timestamp -> unsigned(identity.region(), timestamp))
                .map(received -> IssuedKeys.readSts(source, received.fields(), received.response(), clock))
                // A server may quote a token that it does not accept.
                .onErrorMap(ApiRefusal.class, refusal -> redacted(refusal, token))
                .onErrorMap(failure -> typed(source, WEB_IDENTITY, failure));
    }

    Mono<CallerIdentity> callerIdentity(String region, CredentialsProvider credentials) {
        String action = "GetCallerIdentity";
        return signed(action, region, JsonFields.write(Map.of()), credentials)
                .map(Received::fields)
                .map(fields -> new CallerIdentity(
                        fields.text("Response", "AccountId").orElse(""),
                        fields.text("Response", "Arn").orElse(""),
                        fields.text("Response", "UserId").orElse(""),
                        fields.text("Response", "Type").orElse("")))
                .onErrorMap(failure -> typed("", action, failure));
    }

    /** Sends a signed request, and once more with renewed keys if the service refuses the keys. */
    private Mono<Received> signed(String action, String region, byte[] body, CredentialsProvider by) {
        Tc3Signer signer = new Tc3Signer(host, action, SERVICE, VERSION);
        return Mono.fromCompletionStage(by::credentials)
                .flatMap(keys -> signed(signer, region, body, keys)
                        .onErrorResume(
                                ApiRefusal.class,
                                refusal -> isOfKeys(refusal)
                                        ? Mono.fromCompletionStage(() -> by.renewed(keys))
                                                .filter(fresh -> !fresh.equals(keys))
                                                .flatMap(fresh -> signed(signer, region, body, fresh))
                                                .switchIfEmpty(Mono.error(refusal))
                                        : Mono.error(refusal)));
    }

    private Mono<Received> signed(Tc3Signer signer, String region, byte[] body, Credentials keys) {
        return exchange(body, timestamp -> headers(signer.sign(keys, region, timestamp, body)));
    }

    private static boolean isOfKeys(ApiRefusal refusal) {
        return refusal.code().kind() == Kind.ACCESS && refusal.code().name().startsWith("AuthFailure.");
    }

    private static Map<String, String> headers(SignedHeaders signed) {
        Map<String, String> headers = new LinkedHashMap<>();
        signed.forEach(headers::put);
        return headers;
    }

    private Map<String, String> unsigned(String region, long timestamp) {
        return Map.of(
                "Host", host,
                "Content-Type", SignedHeaders.CONTENT_TYPE,
                "X-TC-Action", WEB_IDENTITY,
                "X-TC-Version", VERSION,
                "X-TC-Region", region,
                "X-TC-Timestamp", Long.toString(timestamp),
                "Authorization", "SKIP");
    }

    private Mono<Received> exchange(byte[] body, Headers headers) {
        return Mono.defer(() -> exchange(body, headers, true)).retryWhen(RETRIES.scheduler(scheduler));
    }

    private Mono<Received> exchange(byte[] body, Headers headers, boolean mayCorrectClock) {
        long timestamp = clock.instant().plus(offset).getEpochSecond();
        return transport
                .exchange(new CredentialsTransport.Request(endpoint, headers.at(timestamp), body))
                .timeout(LIMIT, scheduler)
                // On threads that may block, because the next steps may call a provider that blocks.
                .publishOn(scheduler)
                .onErrorMap(Unusable::of)
                .flatMap(response -> Mono.fromCallable(() -> read(response))
                        .onErrorResume(
                                ApiRefusal.class,
                                refusal -> mayCorrectClock && isClockCorrected(refusal, response)
                                        ? exchange(body, headers, false)
                                        : Mono.error(refusal)));
    }

    private boolean isClockCorrected(ApiRefusal refusal, ApiResponse response) {
        Instant date = response.date();
        if (refusal.code().kind() != Kind.CLOCK || date == null) {
            return false;
        }
        offset = Duration.between(clock.instant(), date);
        return true;
    }

    private static Received read(ApiResponse response) {
        if (response.status() != 200) {
            throw new Unusable("HTTP status " + response.status(), null);
        }
        JsonFields fields;
        try {
            fields = JsonFields.read(response.body());
        } catch (InvalidValueException e) {
            throw new Unusable("a response that is no JSON object", null);
        }
        String requestId = fields.text("Response", "RequestId").orElse(null);
        fields.text("Response", "Error", "Code").ifPresent(code -> {
            String text = fields.text("Response", "Error", "Message").orElse("");
            throw new ApiRefusal(ErrorCodes.of(code), text, requestId);
        });
        if (requestId == null) {
            throw new Unusable("a response that is not the API's", null);
        }
        return new Received(fields, response);
    }

    private static boolean mayPass(Throwable failure) {
        return failure instanceof Unusable
                || (failure instanceof ApiRefusal refusal
                        && (refusal.code().name().startsWith("InternalError")
                                || refusal.code().name().startsWith("RequestLimitExceeded")));
    }

    private static ApiRefusal redacted(ApiRefusal refusal, Secret token) {
        return new ApiRefusal(
                refusal.code(),
                token.redact(refusal.text()),
                refusal.requestId().orElse(null));
    }

    private static CredentialsUnavailableException typed(String source, String action, Throwable failure) {
        if (failure instanceof CredentialsUnavailableException ours) {
            return ours;
        }
        boolean ownWords = failure instanceof RametException || failure instanceof Unusable;
        String what = ownWords ? failure.getMessage() : failure.getClass().getName();
        return CredentialsUnavailableException.broken(
                source, action + ": " + what, failure instanceof Unusable ? failure.getCause() : failure);
    }

    /** A response without an error. */
    private record Received(JsonFields fields, ApiResponse response) {}
}
