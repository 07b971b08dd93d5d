package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.error.RametException;
import io.ramet.reactor.concurrent.FatalErrors;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.SignedHeaders;
import io.ramet.sign.Tc3Signer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Signs the requests of one client, with the current credentials of its provider, for its region, and with its clock,
 * corrected by the server's time. Thread-safe.
 */
public final class RequestSigner {

    /** A token endpoint responds in milliseconds, so credentials that take longer than this are unlikely to arrive. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    /** The server refuses a signature whose timestamp differs from its clock by more than this. */
    private static final Duration TOLERATED = Duration.ofMinutes(5);
    /** Refusals that credentials cause if they expired or were revoked after the request was signed. */
    private static final Set<String> STALE =
            Set.of("AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire");

    private static final Logger log = LoggerFactory.getLogger(RequestSigner.class);

    private final String host;
    private final String service;
    private final String version;
    private final String region;
    private final Clock clock;
    private final CredentialsProvider provider;
    private final Scheduler blocking;
    private final Scheduler timer;
    private final Map<String, Tc3Signer> signers = new ConcurrentHashMap<>();
    private volatile Duration offset = Duration.ZERO;

    /**
     * Creates a signer for one host and region.
     *
     * @param host the host, with the port unless it is the scheme's default
     * @param region the region of the instances
     * @param clock the uncorrected wall clock
     * @param provider provides the credentials; called on {@code blocking} if it does not hold them, because it may
     *     read a file. Reactor's shared elastic threads are not used: an application that blocks them would delay
     *     purchases
     * @param timer limits the wait for credentials
     */
    public RequestSigner(
            String host,
            String region,
            Clock clock,
            CredentialsProvider provider,
            Scheduler blocking,
            Scheduler timer) {
        this(host, Tc3Signer.SERVICE, SignedHeaders.VERSION, region, clock, provider, blocking, timer);
    }

    private RequestSigner(
            String host,
            String service,
            String version,
            String region,
            Clock clock,
            CredentialsProvider provider,
            Scheduler blocking,
            Scheduler timer) {
        this.host = host;
        this.service = service;
        this.version = version;
        this.region = region;
        this.clock = clock;
        this.provider = provider;
        this.blocking = blocking;
        this.timer = timer;
    }

    /**
     * Creates a signer for another service with the same credentials and clock.
     *
     * @param host its host, with the port unless it is the scheme's default
     * @param service its name, such as {@code vpc}
     * @param version the version of its API
     * @return the signer
     */
    public RequestSigner forService(String host, String service, String version) {
        return new RequestSigner(host, service, version, region, clock, provider, blocking, timer);
    }

    /** {@return the credentials to sign with now; fails with {@link NotSent} if none are provided within 30 s} */
    Mono<Credentials> credentials() {
        return Mono.defer(() -> held().map(Mono::just).orElseGet(() -> provided(provider::credentials)));
    }

    /**
     * {@return the credentials that the provider holds now, or else those that it provided before the wait for a
     * permit}
     */
    Credentials newest(Credentials before) {
        return held().orElse(before);
    }

    /** A failure here is not fatal: {@code credentials()} is called instead, whose failure is reported. */
    private Optional<Credentials> held() {
        try {
            return provider.held();
        } catch (RuntimeException | LinkageError | VirtualMachineError failure) {
            log.warn("the credentials provider's held() must not fail: {}", describe(failure));
            return Optional.empty();
        }
    }

    private Mono<Credentials> provided(Supplier<CompletionStage<Credentials>> call) {
        // There may be no thread for it.
        return FatalErrors.contained(
                        "the credentials provider",
                        () -> Mono.fromCompletionStage(() -> current(call)).subscribeOn(blocking))
                .timeout(LONGEST_WAIT, timer)
                .onErrorMap(failure -> new NotSent(Reason.NO_CREDENTIALS, describe(failure), failure))
                .switchIfEmpty(Mono.error(
                        () -> new NotSent(Reason.NO_CREDENTIALS, "the credentials provider returned nothing", null)));
    }

    /** {@return the server's time in UNIX seconds, by the corrected clock} */
    public long timestamp() {
        return clock.instant().plus(offset).getEpochSecond();
    }

    SignedHeaders sign(String action, Credentials credentials, long timestamp, byte[] body) {
        return signers.computeIfAbsent(action, name -> new Tc3Signer(host, name, service, version))
                .sign(credentials, region, timestamp, body);
    }

    /**
     * Mends the cause of a refused signature: a wrong clock is corrected by the server's time, and credentials that are
     * no longer accepted are replaced.
     *
     * @param refusal the refusal
     * @param response the response that contains it
     * @param timestamp the timestamp of the refused signature in UNIX seconds
     * @param refused the credentials of the refused signature
     * @return whether the cause of the refusal was found and mended, so that signing again can help; never fails
     */
    Mono<Boolean> mend(ApiRefusal refusal, ApiResponse response, long timestamp, Credentials refused) {
        Instant date = response.date();
        if (refusal.code().kind() == Kind.CLOCK && date != null && correctClock(timestamp, date)) {
            return Mono.just(true);
        }
        return STALE.contains(refusal.code().name()) ? renewed(refused) : Mono.just(false);
    }

    private Mono<Boolean> renewed(Credentials refused) {
        return provided(() -> provider.renewed(refused))
                .map(fresh -> !fresh.equals(refused))
                .onErrorResume(failure -> {
                    log.warn("refused credentials could not be replaced: {}", failure.getMessage());
                    return Mono.just(false);
                });
    }

    private boolean correctClock(long timestamp, Instant date) {
        if (Duration.between(Instant.ofEpochSecond(timestamp), date).abs().compareTo(TOLERATED) < 0) {
            return false;
        }
        offset = Duration.between(clock.instant(), date);
        return true;
    }

    private static CompletionStage<Credentials> current(Supplier<CompletionStage<Credentials>> call) {
        try {
            // A new stage: cancelling it must not cancel one that the provider shares among callers.
            return call.get().thenApply(credentials -> credentials);
        } catch (LinkageError | VirtualMachineError e) {
            // Reactor throws such an error past all operators, so no subscriber would receive it.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A failure of another library is described by its class only, because its message could contain a secret. */
    private static String describe(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "the credentials provider returned nothing within " + LONGEST_WAIT.toSeconds() + " s";
        }
        return failure instanceof RametException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getName() + " from the credentials provider";
    }
}
