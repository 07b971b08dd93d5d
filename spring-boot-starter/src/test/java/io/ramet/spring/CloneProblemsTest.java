package io.ramet.spring;

import static io.ramet.spring.Fixtures.PATIENCE;
import static io.ramet.spring.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ClientClosedException;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkNotClonedException;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanIncompleteException;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanPasswordException;
import io.ramet.reactor.journal.PlanUndoneException;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.lookup.PreflightBlockedException;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.ProblemDetail;

class CloneProblemsTest {

    private static final PlanId ORDER = PlanId.of("order-1");
    private static final ClonePlan PLAN = plan("order-1", 60);

    private static final PreflightReport BLOCKED = new PreflightReport(List.of(
            new Finding(Check.BACKUP, Level.BLOCKER, "b-1 is not among the backups of crs-1 (2)", ""),
            new Finding(Check.BALANCE, Level.UNKNOWN, "/home/a/credentials: none", "")));

    /** Failure, status, type, whether instances may exist. */
    static Stream<Arguments> failures() {
        ApiRefusal soldOut = refusal("ResourceUnavailable.SaleOut");
        ApiRefusal forbidden = refusal("UnauthorizedOperation.NoCAMAuthed");
        CloneReport half =
                CloneReport.of(PLAN).plus(new Cloned(PLAN.chunk(0), new Deal("1", "2", List.of("crs-1"), "request-1")));
        CloneReport none = CloneReport.of(PLAN)
                .plus(new NotCloned(PLAN.chunk(0), soldOut))
                .plus(new NotCloned(PLAN.chunk(1), soldOut));
        CloneReport interrupted = CloneReport.of(PLAN)
                .plus(new NotCloned(PLAN.chunk(0), soldOut))
                .plus(new NotCloned(PLAN.chunk(1), new NotSent(Reason.CLIENT_CLOSED, "the client was closed", null)));
        return Stream.of(
                Arguments.of(
                        new InvalidValueException("goodsNum", 0, "must be 1 or more"), 400, "invalid-request", false),
                Arguments.of(refusal("InvalidParameterValue.InvalidSubnetId"), 400, "refused", false),
                Arguments.of(
                        refusal("ResourceUnavailable.AccountBalanceNotEnough"), 402, "insufficient-balance", false),
                Arguments.of(new UnknownPlanException(ORDER), 404, "unknown-plan", null),
                Arguments.of(soldOut, 409, "exhausted", false),
                Arguments.of(new NotSent(Reason.RUN_STOPPED, "sending had stopped", soldOut), 409, "exhausted", false),
                Arguments.of(new PlanBusyException(ORDER, "another"), 409, "plan-busy", true),
                Arguments.of(new ForgottenPlanException(ORDER, List.of("crs-1")), 409, "plan-forgotten", true),
                Arguments.of(new PlanUndoneException(ORDER), 409, "plan-undone", true),
                Arguments.of(new PreflightBlockedException(ORDER, BLOCKED), 409, "plan-blocked", true),
                Arguments.of(new PlanPasswordException(ORDER, "is needed"), 400, "invalid-request", true),
                Arguments.of(new PlanConflictException(ORDER), 422, "plan-conflict", true),
                Arguments.of(refusal("AuthFailure.SecretIdNotFound"), 500, "service-at-fault", false),
                Arguments.of(forbidden, 500, "service-at-fault", false),
                Arguments.of(new NotSent(Reason.NO_CREDENTIALS, "/home/a: none", null), 500, "service-at-fault", false),
                Arguments.of(new JournalException("the disk is full", null), 500, "service-at-fault", true),
                Arguments.of(new UnverifiedPlanException(ORDER, forbidden), 500, "service-at-fault", true),
                Arguments.of(UnverifiedPlanException.unseen(ORDER, "crs-1"), 500, "service-at-fault", true),
                Arguments.of(new IllegalStateException("a bug"), 500, "service-at-fault", true),
                Arguments.of(refusal("RequestLimitExceeded"), 503, "throttled", false),
                Arguments.of(new NotSent(Reason.NO_CONNECTION, "connection refused", null), 503, "not-sent", true),
                Arguments.of(
                        new NotSent(Reason.RUN_STOPPED, "sending had stopped", LostResponse.brokenOff()),
                        503,
                        "not-sent",
                        false),
                Arguments.of(
                        new UnverifiedPlanException(ORDER, LostResponse.brokenOff()), 503, "plan-not-verified", true),
                Arguments.of(new ClientClosedException(), 503, "shutting-down", true),
                Arguments.of(LostResponse.brokenOff(), 504, "outcome-unknown", true),
                Arguments.of(refusal("InternalError.InternalError"), 504, "outcome-unknown", true),
                Arguments.of(refusal("FailedOperation.PayFailed"), 504, "outcome-unknown", true),
                Arguments.of(new PlanIncompleteException(none), 409, "exhausted", false),
                Arguments.of(new PlanIncompleteException(interrupted), 503, "not-sent", true),
                Arguments.of(
                        new PlanIncompleteException(half.plus(new NotCloned(PLAN.chunk(1), soldOut))),
                        409,
                        "exhausted",
                        true),
                Arguments.of(
                        new PlanIncompleteException(half.plus(new InDoubt(PLAN.chunk(1), LostResponse.brokenOff()))),
                        504,
                        "outcome-unknown",
                        true),
                Arguments.of(new PlanIncompleteException(CloneReport.of(PLAN)), 503, "not-sent", true));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachFailureHasItsStatusAndSaysWhetherInstancesMayExist(
            Exception failure, int status, String type, @Nullable Boolean mayExist) {
        ProblemDetail problem = CloneProblems.of(failure);

        assertThat(problem.getStatus()).isEqualTo(status);
        assertThat(problem.getType()).hasToString("urn:ramet:" + type);
        if (mayExist == null) {
            assertThat(problem.getProperties()).doesNotContainKey("instancesMayExist");
        } else {
            assertThat(problem.getProperties()).containsEntry("instancesMayExist", mayExist);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFaultOfTheServiceItselfHasNoDetails(Exception failure, int status, String type, @Nullable Boolean mayExist) {
        if (status == 500) {
            assertThat(CloneProblems.of(failure).getDetail()).isEqualTo("the log of the service says why");
            assertThat(CloneProblems.of(failure).getProperties()).doesNotContainKey("code");
        }
    }

    @Test
    void aBlockedPlanNamesItsBlockersAndNothingOfTheService() {
        assertThat(CloneProblems.of(new PreflightBlockedException(ORDER, BLOCKED)))
                .satisfies(problem -> {
                    assertThat(problem.getDetail()).isEqualTo("b-1 is not among the backups of crs-1 (2)");
                    assertThat(problem.getProperties()).containsEntry("planId", "order-1");
                });
    }

    @Test
    void aRefusalOfAChunkNamesThePlanTheChunkTheCodeAndTheRequestId() {
        NotCloned refused = new NotCloned(PLAN.chunk(1), refusal("ResourceUnavailable.SaleOut"));

        ProblemDetail problem = null;
        try {
            refused.orElseThrow();
        } catch (ChunkNotClonedException e) {
            problem = CloneProblems.of(e);
        }

        assertThat(problem).isNotNull();
        assertThat(problem.getProperties())
                .containsEntry("planId", "order-1")
                .containsEntry("chunk", 1)
                .containsEntry("instanceName", PLAN.chunk(1).instanceName())
                .containsEntry("code", "ResourceUnavailable.SaleOut")
                .containsEntry("requestId", "request-1")
                .containsEntry("instancesMayExist", false);
    }

    /** The caller may request the same with another plan id if no instances may exist. */
    @Test
    void aSubmittedPlanThatAnotherProcessWillResumeMayExist() {
        RequestShaper paused = RequestShaper.window(20);
        paused.pause(Duration.ofMinutes(10));
        CloneJournal journal = CloneJournal.inMemory();
        try (Simulator simulator = Simulator.start();
                CloneClient next = client(simulator, journal).build()) {
            CloneClient stopped = client(simulator, journal).shaper(paused).build();
            stopped.submit(PLAN).block(PATIENCE);
            CompletableFuture<CloneReport> report = stopped.cloneReport(PLAN).toFuture();
            CompletableFuture<NotCloned> chunk =
                    stopped.clone(PLAN).ofType(NotCloned.class).next().toFuture();
            stopped.close();

            assertThat(CloneProblems.of(new PlanIncompleteException(report.join()))
                            .getProperties())
                    .containsEntry("instancesMayExist", true);
            assertThat(CloneProblems.of(chunk.join().failure()).getProperties())
                    .containsEntry("instancesMayExist", true);
            assertThat(next.recover().collectList().block(PATIENCE)).containsExactly(ORDER);
            next.clone(PLAN).blockLast(PATIENCE);
            assertThat(simulator.books().bought()).isEqualTo(60);
        }
    }

    /** A job that looks up the newest backup, and posts its plan again because it had no response. */
    @Test
    void aPlanThatWasBoughtFromAnOlderBackupMayExist() {
        ClonePlan newer =
                ClonePlan.of(ORDER, PLAN.request().toBuilder().backupId("newer").build());
        try (Simulator simulator = Simulator.start();
                CloneClient client = client(simulator, CloneJournal.inMemory()).build()) {
            client.cloneReport(PLAN).block(PATIENCE);
            Throwable failure = catchThrowable(() -> client.cloneReport(newer).block(PATIENCE));

            assertThat(CloneProblems.of(failure).getProperties())
                    .containsEntry("planId", "order-1")
                    .containsEntry("instancesMayExist", true);
            assertThat(simulator.books().bought()).isEqualTo(60);
        }
    }

    /** A missing password does not undo an earlier purchase. */
    @Test
    void aPlanThatCannotBeResumedWithoutItsPasswordMayExist() {
        CloneRequest request = CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(60)
                .payAsYouGo()
                .zoneId(100003)
                .securityGroups("sg-bmadczm1")
                .password(Secret.of("Canary-Passw0rd"))
                .build();
        ClonePlan plan = ClonePlan.of(ORDER, request);
        try (Simulator simulator = Simulator.start();
                CloneClient client = client(simulator, CloneJournal.inMemory()).build()) {
            assertThat(client.cloneReport(plan).block(PATIENCE).cloned()).isEqualTo(60);
            Throwable failure = catchThrowable(() -> client.resume(ORDER).blockLast(PATIENCE));
            assertThat(CloneProblems.of(failure).getProperties())
                    .containsEntry("planId", "order-1")
                    .containsEntry("instancesMayExist", true);
        }
    }

    private static CloneClientBuilder client(Simulator simulator, CloneJournal journal) {
        return CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(simulator.uri())
                .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .journal(journal);
    }

    private static ApiRefusal refusal(String code) {
        return new ApiRefusal(ErrorCodes.of(code), "the API's words", "request-1");
    }
}
