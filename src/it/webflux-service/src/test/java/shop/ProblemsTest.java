package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.UnknownPlanException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.ProblemDetail;

class ProblemsTest {

    static Stream<Arguments> failures() {
        ApiRefusal soldOut = refusal("ResourceUnavailable.SaleOut");
        return Stream.of(
                Arguments.of(new InvalidValueException("goodsNum", 0, "must be 1 or more"), 400, "invalid-plan"),
                Arguments.of(refusal("InvalidParameterValue.InvalidSubnetId"), 400, "refused"),
                Arguments.of(refusal("ResourceUnavailable.AccountBalanceNotEnough"), 402, "insufficient-balance"),
                Arguments.of(new UnknownPlanException(PlanId.of("a")), 404, "unknown-plan"),
                Arguments.of(soldOut, 409, "exhausted"),
                Arguments.of(new NotSent(Reason.RUN_STOPPED, "sending had stopped", soldOut), 409, "exhausted"),
                Arguments.of(new PlanBusyException(PlanId.of("a"), "another"), 409, "plan-runs-elsewhere"),
                Arguments.of(
                        new ForgottenPlanException(PlanId.of("a"), List.of("crs-1")),
                        409,
                        "bought-with-a-lost-journal"),
                Arguments.of(new PlanConflictException(PlanId.of("a")), 422, "key-used-for-another-request"),
                Arguments.of(refusal("AuthFailure.SecretIdNotFound"), 500, "service-at-fault"),
                Arguments.of(refusal("UnauthorizedOperation.NoCAMAuthed"), 500, "service-at-fault"),
                Arguments.of(new NotSent(Reason.NO_CREDENTIALS, "no credentials", null), 500, "service-at-fault"),
                Arguments.of(new JournalException("the disk is full", null), 500, "service-at-fault"),
                Arguments.of(refusal("RequestLimitExceeded"), 503, "too-many-calls"),
                Arguments.of(new NotSent(Reason.NO_CONNECTION, "connection refused", null), 503, "not-sent"),
                Arguments.of(EventStreamTest.closed(), 503, "shutting-down"),
                Arguments.of(LostResponse.brokenOff(), 504, "outcome-unknown"),
                Arguments.of(refusal("InternalError.InternalError"), 504, "outcome-unknown"),
                Arguments.of(refusal("FailedOperation.PayFailed"), 504, "outcome-unknown"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachFailureHasItsStatus(Exception failure, int status, String type) {
        ProblemDetail problem = Problems.of(failure);

        assertThat(problem.getStatus()).isEqualTo(status);
        assertThat(problem.getType()).hasToString("urn:clone:" + type);
    }

    @Test
    void aPlanThatAnotherProcessHoldsIsToBePostedAgainLater() {
        assertThat(new Problems()
                        .response(new PlanBusyException(PlanId.of("a"), "another"))
                        .getHeaders()
                        .get("Retry-After"))
                .containsExactly("5");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFaultOfTheServiceIsNotDescribedToCallers(Exception failure, int status, String type) {
        if (status == 500) {
            assertThat(Problems.of(failure).getDetail()).isEqualTo("the service's own log says why");
        }
    }

    private static ApiRefusal refusal(String code) {
        return new ApiRefusal(ErrorCodes.of(code), "the API's words", "request-1");
    }
}
