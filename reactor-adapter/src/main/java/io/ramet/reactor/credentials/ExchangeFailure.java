package io.ramet.reactor.credentials;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Why a request for credentials had no response, in words that hold no secret. */
final class ExchangeFailure {

    private ExchangeFailure() {}

    static String of(Throwable failure, Duration limit) {
        if (failure instanceof TimeoutException) {
            return "no response within " + limit.toMillis() + " ms";
        }
        String name = failure.getClass().getSimpleName();
        return quotesNothing(failure) && failure.getMessage() != null ? name + ": " + failure.getMessage() : name;
    }

    /** {@return the failure itself, or null if its message may quote what was sent or received} */
    static @Nullable Throwable harmless(Throwable failure) {
        return quotesNothing(failure) ? failure : null;
    }

    /** Netty's decoders quote what they cannot read. */
    private static boolean quotesNothing(Throwable failure) {
        return failure instanceof IOException || failure instanceof TimeoutException;
    }
}
