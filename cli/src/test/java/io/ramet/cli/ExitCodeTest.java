package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeTest {

    private static final PlanAudit AUDIT = PlanAudit.none("test");

    private static final PlanId PLAN = PlanId.of("order-1");

    @ParameterizedTest
    @CsvSource({
        // cloned, missing, surplus, not cloned, in doubt, pending
        "90,  0, 0,  0,  0,  0, 0",
        "60,  0, 0, 30,  0,  0, 3",
        "60, 30, 0,  0,  0,  0, 3",
        "60,  0, 0,  0,  0, 30, 3",
        "60,  0, 0,  0, 30,  0, 4",
        "20, 10, 0, 20, 30, 10, 4",
        "91,  0, 1,  0,  0,  0, 1",
    })
    void saysHowAPlanEnded(int cloned, int missing, int surplus, int notCloned, int inDoubt, int pending, int code) {
        assertThat(ExitCode.of(report(cloned, missing, surplus, notCloned, inDoubt, pending, null)))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"UnauthorizedOperation.NoCAMAuthed, 5", "FailedOperation.PayFailed, 5", "ResourceUnavailable.SaleOut, 4"
    })
    void accessAndBalanceComeBeforeDoubt(String refused, int code) {
        ApiRefusal refusal = new ApiRefusal(ErrorCodes.of(refused), "", null);
        assertThat(ExitCode.of(report(0, 0, 0, 60, 30, 0, refusal))).isEqualTo(code);
    }

    @Test
    void anInvalidCommandExits2AndAnUnexpectedFailure1() {
        assertThat(List.of(
                        new InvalidValueException("goodsNum", 0, "must be 1 or more"),
                        new UnknownPlanException(PLAN),
                        new PlanConflictException(PLAN),
                        new ForgottenPlanException(PLAN, List.of("crs-1"))))
                .extracting(ExitCode::of)
                .containsOnly(2);
        assertThat(ExitCode.of(new IllegalStateException())).isEqualTo(1);
    }

    @Test
    void aPlanHeldElsewhereExits6AndAnUnusableJournal7() {
        assertThat(ExitCode.of(new PlanBusyException(PLAN, "another"))).isEqualTo(6);
        assertThat(ExitCode.of(new JournalException("the disk is full", null))).isEqualTo(7);
    }

    @Test
    void aPlanThatCouldNotBeLookedUpExits3AndWithoutPermission5() {
        ApiRefusal forbidden = new ApiRefusal(ErrorCodes.of("UnauthorizedOperation.NoCAMAuthed"), "", null);
        CallFailure unreachable = new NotSent(NotSent.Reason.NO_CONNECTION, "Connection refused", null);

        assertThat(ExitCode.of(new UnverifiedPlanException(PLAN, unreachable))).isEqualTo(3);
        assertThat(ExitCode.of(new UnverifiedPlanException(PLAN, forbidden))).isEqualTo(5);
    }

    @Test
    void aLookUpThatFailedExits3AndWithoutPermission5() {
        assertThat(List.of(
                        new NotSent(NotSent.Reason.NO_CONNECTION, "Connection refused", null),
                        new LostResponse(Phase.WRITTEN, "no response within 60 s", null, null),
                        new ApiRefusal(ErrorCodes.of("InternalError"), "", null)))
                .extracting(ExitCode::of)
                .containsOnly(3);
        assertThat(ExitCode.of(new ApiRefusal(ErrorCodes.of("UnauthorizedOperation"), "", null)))
                .isEqualTo(5);
    }

    @Test
    void theHelpOfACommandThatBuysNamesEveryCode() {
        for (String command : List.of("clone", "resume")) {
            Session session = new Session();
            session.run(command, "--help");
            assertThat(session.out()).contains("6  ", "7  ", "130  ").contains("another process holds the plan");
        }
    }

    private static CloneReport report(
            int cloned,
            int missing,
            int surplus,
            int notCloned,
            int inDoubt,
            int pending,
            @Nullable CallFailure reason) {
        return new CloneReport(
                PLAN, 90, cloned, missing, surplus, notCloned, inDoubt, 0, pending, 1, reason, List.of(), AUDIT);
    }
}
