package io.ramet.cli;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.InvalidRequestException;
import io.ramet.error.NotSent;
import io.ramet.outcome.CloneReport;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.UnknownPlanException;
import org.jspecify.annotations.Nullable;

/** What the process says to the shell that started it. */
final class ExitCode {

    static final int ALL_CLONED = 0;
    static final int UNEXPECTED = 1;
    static final int USAGE = 2;
    static final int SOME_NOT_CLONED = 3;
    static final int SOME_IN_DOUBT = 4;
    static final int NO_ACCESS = 5;
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    /**
     * Says how a plan ended. Access or balance comes first, because nothing can go on before that is mended; then doubt,
     * because it has to be looked into before anything is bought again; then what is short or was never sent.
     */
    static int of(CloneReport report) {
        if (report.complete()) {
            return ALL_CLONED;
        }
        if (isAccess(report.reason())) {
            return NO_ACCESS;
        }
        if (report.inDoubt() > 0) {
            return SOME_IN_DOUBT;
        }
        return report.notCloned() + report.missing() + report.pending() > 0 ? SOME_NOT_CLONED : UNEXPECTED;
    }

    /** Says what a failure was: asking for what cannot be, of which nothing came, or anything else. */
    static int of(Throwable failure) {
        return failure instanceof InvalidRequestException
                        || failure instanceof UnknownPlanException
                        || failure instanceof PlanConflictException
                        || failure instanceof ForgottenPlanException
                ? USAGE
                : UNEXPECTED;
    }

    /** A chunk that was not sent names what stopped the sending as its cause. */
    private static boolean isAccess(@Nullable CallFailure reason) {
        for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSent notSent && notSent.why() == NotSent.Why.NO_CREDENTIALS) {
                return true;
            }
            if (cause instanceof ApiRefusal refusal
                    && (refusal.code().kind() == Kind.ACCESS || refusal.code().kind() == Kind.MONEY)) {
                return true;
            }
        }
        return false;
    }
}
