package io.ramet.spring;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ClientClosedException;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Level;
import io.ramet.outcome.ChunkNotClonedException;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanIncompleteException;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.DamagedPlanException;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanException;
import io.ramet.reactor.journal.PlanPasswordException;
import io.ramet.reactor.journal.PlanUndoneException;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.lookup.PreflightBlockedException;
import io.ramet.reactor.lookup.UndoRefusedException;
import java.net.URI;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/**
 * The library's failures as problem details (RFC 9457). The starter responds with them by itself; an application needs
 * this class for a failure within a stream, whose status has already been sent.
 *
 * <p>The type is {@code urn:ramet:} and a word. The properties are, where they are known, {@code planId}, {@code chunk}
 * and {@code instanceName}, the API's {@code code} and {@code requestId}, and {@code instancesMayExist}. The latter
 * says whether instances of the chunk, or of the plan if no chunk is named, may exist in spite of the failure, or may
 * be bought later because the plan is resumed. Request the same with another plan id only if it is false and no chunk
 * is named: a problem that names a chunk says nothing about the other chunks of its plan, which {@code report} shows.
 *
 * <p>A failure of the service itself, such as missing credentials, has no details: they go into the log, as an error.
 */
public final class CloneProblems {

    private static final Logger log = LoggerFactory.getLogger(CloneProblems.class);

    private static final String PLAN_ID = "planId";
    private static final String INSTANCES_MAY_EXIST = "instancesMayExist";

    private CloneProblems() {}

    /**
     * Describes a failure.
     *
     * @param failure any failure; one that is not of this library has status 500 and no details
     * @return a new problem
     */
    public static ProblemDetail of(Throwable failure) {
        if (failure instanceof CallFailure call) {
            return mayExist(ofCall(call), call.effect() == Effect.POSSIBLE || call.interrupts());
        }
        if (failure instanceof ChunkNotClonedException chunk) {
            ProblemDetail problem = of(chunk.failure());
            problem.setProperty(PLAN_ID, chunk.chunk().planId().value());
            problem.setProperty("chunk", chunk.chunk().index());
            problem.setProperty("instanceName", chunk.chunk().instanceName());
            return problem;
        }
        if (failure instanceof PlanException plan) {
            return withPlan(ofPlan(plan), plan.planId());
        }
        if (failure instanceof PlanIncompleteException incomplete) {
            return ofReport(incomplete);
        }
        if (failure instanceof UndoRefusedException refused) {
            return withPlan(mayExist(problem(409, "undo-refused", failure), true), refused.planId());
        }
        if (failure instanceof InvalidValueException) {
            return mayExist(problem(400, "invalid-request", failure), false);
        }
        if (failure instanceof ClientClosedException) {
            return mayExist(problem(503, "shutting-down", failure), true);
        }
        ProblemDetail problem = mayExist(atFault(failure), true);
        if (failure instanceof DamagedPlanException damaged) {
            problem.setProperty(PLAN_ID, damaged.planId().value());
        }
        return problem;
    }

    private static ProblemDetail ofCall(CallFailure failure) {
        ProblemDetail problem =
                failure.effect() == Effect.POSSIBLE ? problem(504, "outcome-unknown", failure) : withoutEffect(failure);
        failure.requestId().ifPresent(id -> problem.setProperty("requestId", id));
        if (failure instanceof ApiRefusal refusal && problem.getStatus() != 500) {
            problem.setProperty("code", refusal.code().name());
        }
        return problem;
    }

    private static ProblemDetail withoutEffect(CallFailure failure) {
        if (failure instanceof NotSent notSent) {
            return switch (notSent.reason()) {
                case NO_CREDENTIALS -> atFault(failure);
                case RUN_STOPPED ->
                    // The chunk was not sent, even if the one that stopped the run was.
                    notSent.getCause() instanceof CallFailure cause && cause.effect() == Effect.NONE
                            ? ofCall(cause)
                            : problem(503, "not-sent", failure);
                case NO_CONNECTION, CONNECTION_LOST, TOO_LATE, CLIENT_CLOSED -> problem(503, "not-sent", failure);
            };
        }
        return switch (((ApiRefusal) failure).code().kind()) {
            case REQUEST -> problem(400, "refused", failure);
            case BILLING -> problem(402, "insufficient-balance", failure);
            case CAPACITY -> problem(409, "exhausted", failure);
            case THROTTLED -> problem(503, "throttled", failure);
            case ACCESS, CLOCK, UNKNOWN -> atFault(failure);
        };
    }

    private static ProblemDetail ofPlan(PlanException failure) {
        if (failure instanceof UnknownPlanException) {
            return problem(404, "unknown-plan", failure);
        }
        if (failure instanceof PlanConflictException) {
            // Those of the other request, which may be the same one with a newer backup.
            return mayExist(problem(422, "plan-conflict", failure), true);
        }
        if (failure instanceof PlanPasswordException) {
            return mayExist(problem(400, "invalid-request", failure), true);
        }
        if (failure instanceof PlanBusyException) {
            return mayExist(problem(409, "plan-busy", failure), true);
        }
        if (failure instanceof ForgottenPlanException) {
            return mayExist(problem(409, "plan-forgotten", failure), true);
        }
        if (failure instanceof PlanUndoneException) {
            return mayExist(problem(409, "plan-undone", failure), true);
        }
        if (failure instanceof PreflightBlockedException blocked) {
            // The journal does not know the plan, but a journal can be lost, and nothing was looked up yet.
            return mayExist(problem(409, "plan-blocked", blockers(blocked)), true);
        }
        boolean passes = failure instanceof UnverifiedPlanException && mayPass(failure.getCause());
        return mayExist(passes ? problem(503, "plan-not-verified", failure) : atFault(failure), true);
    }

    /** {@return whether the look-up of a plan may succeed a moment later} */
    private static boolean mayPass(@Nullable Throwable cause) {
        return cause instanceof LostResponse
                || (cause instanceof NotSent notSent && notSent.reason() != NotSent.Reason.NO_CREDENTIALS)
                || (cause instanceof ApiRefusal refusal && refusal.code().kind() == Kind.THROTTLED);
    }

    private static ProblemDetail ofReport(PlanIncompleteException failure) {
        CloneReport report = failure.report();
        boolean unknown = report.inDoubt() + report.sending() > 0;
        ProblemDetail problem = unknown
                ? problem(504, "outcome-unknown", failure)
                : report.firstReason().map(CloneProblems::ofCall).orElseGet(() -> problem(503, "not-sent", failure));
        if (problem.getStatus() != 500) {
            problem.setDetail(report.cloned() + " of " + report.requested() + " instances are known to be cloned");
        }
        problem.setProperty(PLAN_ID, report.planId().value());
        problem.setProperty("requested", report.requested());
        problem.setProperty("cloned", report.cloned());
        boolean later = report.pending() > 0
                || report.firstReason().filter(CallFailure::interrupts).isPresent();
        return mayExist(problem, unknown || later || report.deals() > 0 || report.cloned() > 0);
    }

    /** Never 401: the caller has done nothing wrong, and the credentials are a matter of the service. */
    private static ProblemDetail atFault(Throwable failure) {
        log.error("The service itself is at fault", failure);
        return problem(500, "service-at-fault", "the log of the service says why");
    }

    private static ProblemDetail problem(int status, String type, Throwable failure) {
        return problem(status, type, String.valueOf(failure.getMessage()));
    }

    private static ProblemDetail problem(int status, String type, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), detail);
        problem.setType(URI.create("urn:ramet:" + type));
        return problem;
    }

    /** Leaves out the checks that could not be made and the details of the journal: both concern the service alone. */
    private static String blockers(PreflightBlockedException blocked) {
        return blocked.report().findings().stream()
                .filter(finding -> finding.level() == Level.BLOCKER)
                .map(finding -> finding.check() == Check.JOURNAL ? "the journal" : finding.text())
                .collect(Collectors.joining("; "));
    }

    private static ProblemDetail withPlan(ProblemDetail problem, PlanId id) {
        problem.setProperty(PLAN_ID, id.value());
        return problem;
    }

    private static ProblemDetail mayExist(ProblemDetail problem, boolean may) {
        problem.setProperty(INSTANCES_MAY_EXIST, may);
        return problem;
    }
}
