package io.ramet.cli;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.InvalidValueException;
import io.ramet.error.NotSent;
import io.ramet.outcome.CloneReport;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanUndoneException;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.lookup.UndoRefusedException;
import io.ramet.reactor.lookup.UndoRefusedException.Reason;
import io.ramet.sign.CredentialsUnavailableException;
import org.jspecify.annotations.Nullable;

/** The exit codes. */
final class ExitCode {

    static final int ALL_CLONED = 0;
    static final int UNEXPECTED = 1;
    static final int USAGE = 2;
    static final int SOME_NOT_CLONED = 3;
    static final int SOME_IN_DOUBT = 4;
    static final int NO_ACCESS = 5;
    static final int HELD_ELSEWHERE = 6;
    static final int JOURNAL_UNUSABLE = 7;
    static final int INTERRUPTED = 130;

    /** The lines of the exit codes in the help of a command. */
    static final class Meanings {

        static final String HEADING = "%nExit codes:%n";
        static final String ALL_CLONED = "0:all cloned";
        static final String UNEXPECTED = "1:unexpected, a surplus, or standard output could not be written";
        static final String USAGE = "2:usage, an invalid request, or no such plan or journal: nothing was sent";
        static final String SOME_NOT_CLONED = "3:some not cloned: refused, short, or not sent; or a look-up failed";
        static final String SOME_IN_DOUBT = "4:some in doubt";
        static final String NO_ACCESS = "5:credentials, permission or balance";
        static final String HELD_ELSEWHERE = "6:another process holds the plan: nothing was sent";
        static final String JOURNAL_UNUSABLE = "7:the journal cannot be used: nothing was sent";
        static final String INTERRUPTED = "130:interrupted: the first Ctrl-C stops sending and waits, the second exits";

        private Meanings() {}
    }

    private ExitCode() {}

    /**
     * The exit code of a plan. Access and balance come first, because nothing can be sent until they are in order; then
     * chunks in doubt, because they must be reconciled before anything is bought again; then chunks that are short or
     * were never sent.
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
        return report.notCloned() + report.missing() + report.sending() + report.pending() > 0
                ? SOME_NOT_CLONED
                : UNEXPECTED;
    }

    /** The exit code of a complete plan is that of the wait for its instances; an incomplete plan has its own. */
    static int of(CloneReport report, int waited) {
        return report.complete() ? waited : of(report);
    }

    /** The exit code of a failure that occurred before anything was sent. */
    static int of(Throwable failure) {
        if (failure instanceof PlanBusyException) {
            return HELD_ELSEWHERE;
        }
        if (failure instanceof JournalException) {
            return JOURNAL_UNUSABLE;
        }
        if (failure instanceof CredentialsUnavailableException || isAccess(failure)) {
            return NO_ACCESS;
        }
        if (failure instanceof UndoRefusedException refusal && refusal.reason() == Reason.UNSETTLED) {
            return SOME_IN_DOUBT;
        }
        if (failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.REQUEST) {
            return USAGE;
        }
        if (failure instanceof UnverifiedPlanException || failure instanceof CallFailure) {
            return SOME_NOT_CLONED;
        }
        return failure instanceof InvalidValueException
                        || failure instanceof RepeatedRequestException
                        || failure instanceof UndoRefusedException
                        || failure instanceof UnknownPlanException
                        || failure instanceof PlanConflictException
                        || failure instanceof PlanUndoneException
                        || failure instanceof ForgottenPlanException
                ? USAGE
                : UNEXPECTED;
    }

    /** A chunk that was not sent names what stopped the sending as its cause. */
    private static boolean isAccess(@Nullable Throwable reason) {
        for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSent notSent && notSent.reason() == NotSent.Reason.NO_CREDENTIALS) {
                return true;
            }
            if (cause instanceof ApiRefusal refusal
                    && (refusal.code().kind() == Kind.ACCESS || refusal.code().kind() == Kind.BILLING)) {
                return true;
            }
        }
        return false;
    }
}
