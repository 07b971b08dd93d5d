package shop;

import static org.springframework.http.HttpStatus.BAD_REQUEST;
import static org.springframework.http.HttpStatus.CONFLICT;
import static org.springframework.http.HttpStatus.GATEWAY_TIMEOUT;
import static org.springframework.http.HttpStatus.INTERNAL_SERVER_ERROR;
import static org.springframework.http.HttpStatus.NOT_FOUND;
import static org.springframework.http.HttpStatus.PAYMENT_REQUIRED;
import static org.springframework.http.HttpStatus.SERVICE_UNAVAILABLE;
import static org.springframework.http.HttpStatus.UNPROCESSABLE_CONTENT;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ClientClosedException;
import io.ramet.error.Effect;
import io.ramet.error.InvalidValueException;
import io.ramet.error.NotSent;
import io.ramet.error.RametException;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.UnknownPlanException;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Every failure as a problem: as the response before its first byte, within the stream after it. */
@RestControllerAdvice
class Problems {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> response(RametException failure) {
        ProblemDetail problem = of(failure);
        ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.getStatus());
        if (problem.getStatus() == SERVICE_UNAVAILABLE.value() || failure instanceof PlanBusyException) {
            response.header(HttpHeaders.RETRY_AFTER, "5");
        }
        return response.body(problem);
    }

    static ProblemDetail of(Throwable failure) {
        if (failure instanceof CallFailure call) {
            return call.effect() == Effect.POSSIBLE
                    // The only one after which the caller must not try again under another key.
                    ? problem(GATEWAY_TIMEOUT, "outcome-unknown", call)
                    : withoutEffect(call);
        }
        if (failure instanceof InvalidValueException) {
            return problem(BAD_REQUEST, "invalid-plan", failure);
        }
        if (failure instanceof UnknownPlanException) {
            return problem(NOT_FOUND, "unknown-plan", failure);
        }
        if (failure instanceof PlanConflictException) {
            return problem(UNPROCESSABLE_CONTENT, "key-used-for-another-request", failure);
        }
        if (failure instanceof PlanBusyException) {
            return problem(CONFLICT, "plan-runs-elsewhere", failure);
        }
        if (failure instanceof ForgottenPlanException) {
            return problem(CONFLICT, "bought-with-a-lost-journal", failure);
        }
        if (failure instanceof ClientClosedException) {
            return problem(SERVICE_UNAVAILABLE, "shutting-down", failure);
        }
        log.error("a request failed", failure);
        return ours();
    }

    private static ProblemDetail withoutEffect(CallFailure failure) {
        if (failure instanceof NotSent notSent) {
            return switch (notSent.reason()) {
                case NO_CREDENTIALS -> ours(failure);
                case RUN_STOPPED ->
                    failure.getCause() instanceof CallFailure cause
                            ? of(cause)
                            : problem(SERVICE_UNAVAILABLE, "not-sent", failure);
                case NO_CONNECTION, CONNECTION_LOST, TOO_LATE, CLIENT_CLOSED ->
                    problem(SERVICE_UNAVAILABLE, "not-sent", failure);
            };
        }
        ApiRefusal refusal = (ApiRefusal) failure;
        return switch (refusal.code().kind()) {
            case REQUEST -> problem(BAD_REQUEST, "refused", refusal);
            case BILLING -> problem(PAYMENT_REQUIRED, "insufficient-balance", refusal);
            case CAPACITY -> problem(CONFLICT, "exhausted", refusal);
            case THROTTLED -> problem(SERVICE_UNAVAILABLE, "too-many-calls", refusal);
            case ACCESS, CLOCK, UNKNOWN -> ours(refusal);
        };
    }

    /** Never 401: the credentials are the service's own, and the caller has done nothing wrong. */
    private static ProblemDetail ours(CallFailure failure) {
        log.error("the service itself is at fault", failure);
        return ours();
    }

    private static ProblemDetail ours() {
        return problem(INTERNAL_SERVER_ERROR, "service-at-fault", "the service's own log says why");
    }

    private static ProblemDetail problem(HttpStatus status, String type, Throwable failure) {
        return problem(status, type, failure.getMessage());
    }

    private static ProblemDetail problem(HttpStatus status, String type, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:clone:" + type));
        return problem;
    }
}
