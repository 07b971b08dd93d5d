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
        return ask(providers.get(index))
                .handle((credentials, failure) -> failure == null
                        ? CompletableFuture.completedFuture(credentials)
                        : from(index + 1, tried + (index == 0 ? "" : "; ") + saying(failure)))
                .thenCompose(next -> next);
    }

    /** A provider may also throw at once, or answer nothing. */
    private static CompletionStage<Credentials> ask(CredentialsProvider provider) {
        try {
            return provider.credentials().thenApply(Objects::requireNonNull);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What one of ours says of itself; of a stranger only the class, for its message could hold a secret. */
    private static String saying(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CredentialsUnavailableException ours
                ? ours.tried()
                : cause.getClass().getName();
    }
}
