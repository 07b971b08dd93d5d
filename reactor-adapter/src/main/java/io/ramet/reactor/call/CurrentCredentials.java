package io.ramet.reactor.call;

import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.error.RametException;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Asks a provider on threads of its own, since it may read a file, and says "not sent" if it has nothing to give in time. Not
 * on Reactor's shared elastic threads: an application that blocks those would hold up purchases.
 */
public final class CurrentCredentials {

    /** A token endpoint answers in milliseconds; what takes longer than this will not come. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private CurrentCredentials() {}

    public static Mono<Credentials> of(CredentialsProvider provider, Scheduler blocking, Scheduler timer) {
        return Mono.fromCompletionStage(() -> ask(provider))
                .subscribeOn(blocking)
                .timeout(PATIENCE, timer)
                .onErrorMap(failure -> new NotSent(Reason.NO_CREDENTIALS, saying(failure), failure))
                .switchIfEmpty(
                        Mono.error(() -> new NotSent(Reason.NO_CREDENTIALS, "the provider answered nothing", null)));
    }

    private static CompletionStage<Credentials> ask(CredentialsProvider provider) {
        try {
            // A stage of our own: cancelling it must not cancel one that the provider shares among callers.
            return provider.credentials().thenApply(credentials -> credentials);
        } catch (LinkageError e) {
            // A library that lacks a class; Reactor takes it for the end of the process and tells nobody.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Of a stranger's failure only the class: its message could hold a secret. */
    private static String saying(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "the credentials provider gave nothing within " + PATIENCE.toSeconds() + " s";
        }
        return failure instanceof RametException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getName() + " from the credentials provider";
    }
}
