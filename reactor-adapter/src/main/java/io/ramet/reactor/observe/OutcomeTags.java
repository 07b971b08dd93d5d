package io.ramet.reactor.observe;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.error.RametException;
import java.util.Set;

/** A failure as tags with few values, because a text from the server must not become a time series. */
record OutcomeTags(String outcome, String errorCode) {

    static final String NONE = "none";
    static final String CLONED = "cloned";
    static final String REFUSED = "refused";
    static final String NOT_SENT = "not-sent";
    static final String IN_DOUBT = "in-doubt";

    private static final Set<String> KNOWN = ErrorCodes.all().keySet();

    static OutcomeTags of(Throwable failure) {
        return new OutcomeTags(outcome(failure), errorCode(failure));
    }

    /** An unexpected failure counts as in doubt, because it may have occurred after the bytes were written. */
    private static String outcome(Throwable failure) {
        if (failure instanceof CallFailure call) {
            return call.effect() == Effect.POSSIBLE ? IN_DOUBT : call instanceof ApiRefusal ? REFUSED : NOT_SENT;
        }
        return failure instanceof RametException ? NOT_SENT : IN_DOUBT;
    }

    static String errorCode(Throwable failure) {
        if (failure instanceof ApiRefusal refusal) {
            return KNOWN.contains(refusal.code().name()) ? refusal.code().name() : "unknown";
        }
        if (failure instanceof LostResponse lost) {
            return lost.phase().name();
        }
        if (failure instanceof NotSent notSent) {
            return notSent.getCause() instanceof CallFailure cause
                    ? errorCode(cause)
                    : notSent.reason().name();
        }
        return failure.getClass().getSimpleName();
    }
}
