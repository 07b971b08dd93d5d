package io.ramet.sign;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

final class CredentialsChain implements CredentialsProvider {

    private final List<CredentialsProvider> providers;

    CredentialsChain(List<CredentialsProvider> providers) {
        this.providers = providers;
    }

    @Override
    public CompletionStage<Credentials> credentials() {
        return from(0, "");
    }

    private CompletionStage<Credentials> from(int index, String tried) {
        if (index == providers.size()) {
            return CompletableFuture.failedFuture(new CredentialsUnavailableException(tried));
        }
        return credentialsOf(providers.get(index))
                .handle((credentials, failure) -> failure == null
                        ? CompletableFuture.completedFuture(credentials)
                        : from(index + 1, tried + (index == 0 ? "" : "; ") + describe(failure)))
                .thenCompose(next -> next);
    }

    /** A provider may also throw, or complete with null. */
    private static CompletionStage<Credentials> credentialsOf(CredentialsProvider provider) {
        try {
            return provider.credentials().thenApply(Objects::requireNonNull);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * The text of our own exceptions; of any other exception the class alone, because its message could hold a secret.
     */
    private static String describe(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CredentialsUnavailableException ours
                ? (ours.provider().isEmpty() ? "" : ours.provider() + " ") + ours.tried()
                : cause.getClass().getName();
    }
}
