package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.model.CloneRequest;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The same command twice: without a plan id of its own, only the journal shows that it was meant once. */
class RepeatedRequestTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    @Test
    void aRequestThatWasBoughtBeforeIsRefusedWithoutATerminal() {
        assertThat(buy(session(), 45)).isZero();
        Session twice = session();

        assertThat(buy(twice, 45)).isEqualTo(2);

        assertThat(twice.err())
                .contains("The same request was bought before: plan ")
                .contains("45 of 45 cloned in 2 deals")
                .contains("--again");
        assertThat(twice.out()).isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void withAgainItIsBoughtAgain() {
        buy(session(), 45);

        assertThat(buy(session(), 45, "--again")).isZero();

        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    @Test
    void atATerminalTheQuestionIsAskedDespiteYes() {
        buy(session(), 45);

        Session no = session().atTerminal("n\n");
        assertThat(buy(no, 45)).isEqualTo(2);
        assertThat(no.err()).contains("Buy 45 more from 127.0.0.1, region ap-guangzhou? [y/N]");
        assertThat(simulator.books().bought()).isEqualTo(45);
        assertThat(buy(session().atTerminal("y\n"), 45)).isZero();
        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    @Test
    void aRequestThatIsBoughtWhileTheQuestionIsAskedIsAskedAboutAgain() {
        Session slow = session()
                .atTerminal("y\nn\n", () -> assertThat(buy(session(), 45)).isZero());

        assertThat(slow.clone(simulator, "--goods-num=45", "--billing=payg")).isEqualTo(2);

        assertThat(slow.err()).contains("Buy 45 from 127.0.0.1").contains("Buy 45 more from 127.0.0.1");
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void theCommandThatResumesAnIncompletePlanIsPrinted() throws IOException {
        simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.error("ResourceUnavailable.SaleOut", false)));
        assertThat(buy(session(), 90, "--max-in-flight=1")).isEqualTo(3);
        Session twice = session();

        assertThat(buy(twice, 90)).isEqualTo(2);

        assertThat(simulator.books().bought()).isEqualTo(30);
        assertThat(session().run(twice.printed("ramet resume"))).isIn(0, 3);
        assertThat(simulator.books().bought()).isGreaterThan(30);
    }

    @Test
    void aPlanThatAnotherProcessIsBuyingCounts() {
        CloneJournal journal = journal();
        PlanJournal held =
                journal.open(Fixtures.plan("order-1", 45), "ap-guangzhou").block(Duration.ofSeconds(20));
        try {
            Session twice = session();

            assertThat(buy(twice, 45)).isEqualTo(2);

            assertThat(twice.err()).contains("The same request is being bought now: plan order-1");
            assertThat(simulator.books().arrivals()).isEmpty();
        } finally {
            held.release().then(journal.disposeLater()).block(Duration.ofSeconds(20));
        }
    }

    @Test
    void aChunkThatWasAboutToBeSentCounts() {
        CloneJournal journal = journal();
        ClonePlan plan = Fixtures.plan("order-1", 45);
        journal.open(plan, "ap-guangzhou")
                .flatMap(open -> open.sending(plan.chunk(0), 1_700_000_000).then(open.release()))
                .then(journal.disposeLater())
                .block(Duration.ofSeconds(20));
        Session twice = session();

        assertThat(buy(twice, 45)).isEqualTo(2);

        assertThat(twice.err()).contains("plan order-1").contains("ramet resume order-1");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void aPlanWithARequestInFlightOfADeadProcessCounts() {
        CloneReport sent = CloneReport.of(PlanId.of("order-1"), 45)
                .plusSending(Fixtures.plan("order-1", 45).chunk(0));

        assertThat(new EarlierPlan(sent, false, false, false).mayHaveBought()).isTrue();
        assertThat(new EarlierPlan(CloneReport.of(PlanId.of("order-1"), 45), false, false, false).mayHaveBought())
                .isFalse();
    }

    @Test
    void aRequestThatBoughtNothingIsBoughtWithoutAQuestion() {
        assertThat(buy(new Session(folder).credentials(simulator.secretId(), "wrong"), 45))
                .isEqualTo(5);

        assertThat(buy(session(), 45)).isZero();

        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void anotherRequestAndAPlanIdOfItsOwnAreBoughtWithoutAQuestion() {
        buy(session(), 45);

        assertThat(buy(session(), 46)).isZero();
        assertThat(buy(session(), 45, "--plan-id=order-1")).isZero();
        assertThat(buy(session(), 45, "--plan-id=order-1")).isZero();

        assertThat(simulator.books().bought()).isEqualTo(45 + 46 + 45);
    }

    @Test
    void atMostOneOfTwoCommandsThatLookAtTheSameTimeBuys() {
        ClonePlan first = Fixtures.plan("order-1", 45);
        ClonePlan second = Fixtures.plan("order-2", 45);
        CloneJournal journal = journal();
        CloneJournal one = new OneAtATime(journal, Set.of(), false);
        CloneJournal other = new OneAtATime(journal(), Set.of(), false);
        PlanJournal held = one.open(first, "ap-guangzhou").block(PATIENCE);

        assertThatThrownBy(() -> other.open(second, "ap-guangzhou").block(PATIENCE))
                .isInstanceOf(RepeatedRequestException.class)
                .hasMessageStartingWith("The same request is being bought now: plan order-1");

        assertThat(journal.find(second.id()).block(PATIENCE).held()).isFalse();
        held.release().block(PATIENCE);
        PlanJournal afterwards = other.open(second, "ap-guangzhou").block(PATIENCE);
        afterwards.sending(second.chunk(0), 100).block(PATIENCE);
        afterwards.release().block(PATIENCE);
        assertThatThrownBy(() -> one.open(first, "ap-guangzhou").block(PATIENCE))
                .isInstanceOf(RepeatedRequestException.class)
                .hasMessageStartingWith("The same request was bought before: plan order-2");
        CloneJournal agreed = new OneAtATime(journal, Set.of(second.id()), false);
        assertThat(agreed.open(first, "ap-guangzhou").block(PATIENCE)).isNotNull();
        one.close();
        other.close();
    }

    /** Another command may have bought the same request before it was seen. */
    @Test
    void aPlanWhoseCommandIsKilledBeforeItsFirstRequestIsNotResumedByAService() throws Exception {
        ClonePlan unsent = Fixtures.plan("order-1", 45);
        ClonePlan sent = Fixtures.plan("order-2", 46);
        openAndKill(unsent, held -> Mono.empty());
        openAndKill(sent, held -> held.sending(sent.chunk(0), 100));
        expireLeases();
        CloneJournal service = journal();
        assertThat(service.claimAbandoned("ap-guangzhou", Set.of())
                        .block(PATIENCE)
                        .plan()
                        .id())
                .isEqualTo(sent.id());
        assertThat(service.claimAbandoned("ap-guangzhou", Set.of(sent.id())).blockOptional(PATIENCE))
                .isEmpty();
        service.close();
    }

    /** Its run has begun and not ended, so a service on this journal resumes it. */
    @Test
    void anAbandonedPlanThatHasBoughtNothingYetIsNotBoughtBesideTheServiceThatResumesIt() throws Exception {
        ClonePlan plan = Fixtures.plan("order-1", 45);
        openAndKill(plan, held -> held.sending(plan.chunk(0), 100).then(held.withdrawn(plan.chunk(0))));
        expireLeases();
        Session command = session();

        int code = buy(command, 45);
        CloneJournal journal = journal();
        try (CloneClient service = CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(simulator.uri())
                .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .journal(journal)
                .build()) {
            assertThat(service.recover().collectList().block(PATIENCE)).containsExactly(plan.id());
            service.clone(plan).blockLast(PATIENCE);
        }
        journal.close();

        assertThat(simulator.books().bought()).isEqualTo(45);
        assertThat(code).isEqualTo(2);
        assertThat(command.err()).contains("plan order-1", "ramet resume order-1");
    }

    /** With the same plan id, such a chunk is not sent again before listings must show it. */
    @Test
    void aRequestThatRanOutOfStockMayHaveBeenDeliveredAndCounts() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.error("ResourceUnavailable.SaleOut", true).and(Fault.lateVisibility(Duration.ofMinutes(10)))));
        assertThat(buy(session(), 30)).isEqualTo(3);
        Session twice = session();

        assertThat(buy(twice, 30)).isEqualTo(2);

        assertThat(twice.err())
                .contains("The same request was refused before, and may have been delivered all the same: plan ")
                .contains("ramet resume ");
        assertThat(simulator.books().bought()).isEqualTo(30);
        assertThat(buy(session(), 30, "--again")).isZero();
    }

    /** The report of its plan names the first reason only. */
    @Test
    void aRequestOfWhichAnyChunkRanOutOfStockCounts() {
        CloneJournal journal = journal();
        ClonePlan plan = Fixtures.plan("order-1", 60);
        List<String> codes = List.of("ResourceUnavailable.InstanceLockedError", "ResourceUnavailable.SaleOut");
        journal.open(plan, "ap-guangzhou")
                .flatMap(open -> Flux.range(0, 2)
                        .concatMap(index -> open.sending(plan.chunk(index), 100)
                                .then(open.settled(new NotCloned(
                                        plan.chunk(index),
                                        new ApiRefusal(ErrorCodes.of(codes.get(index)), "refused", "r-1")))))
                        .then(open.release()))
                .then(journal.disposeLater())
                .block(PATIENCE);

        assertThat(buy(session(), 60)).isEqualTo(2);

        assertThat(simulator.books().arrivals()).isEmpty();
    }

    /** Ctrl-Z was pressed in its terminal, its computer slept, or it could not reach the database for a while. */
    @Test
    void aCommandThatStoodStillBeforeItsFirstRequestDoesNotBuyBesideTheNextOne() throws Exception {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Credentials> credentials = new CompletableFuture<>();
        CloneJournal journal = journal();
        CloneClient paused = CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(simulator.uri())
                .credentials(() -> {
                    asked.complete(null);
                    return credentials;
                })
                .journal(new OneAtATime(journal, Set.of(), false))
                .build();
        CompletableFuture<CloneReport> first =
                paused.cloneReport(Fixtures.plan("order-1", 45)).toFuture();
        asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        expireLeases();

        assertThat(buy(session(), 45)).isZero();
        credentials.complete(Credentials.of(simulator.secretId(), simulator.secretKey()));
        assertThat(first.handle((report, failure) -> true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        paused.close();
        journal.close();

        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    private void expireLeases() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("journal.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE ramet_plan SET lease_until = 0");
        }
    }

    private void openAndKill(ClonePlan plan, Function<PlanJournal, Mono<Void>> before) {
        CloneJournal killed = journal();
        new OneAtATime(killed, Set.of(), false)
                .open(plan, "ap-guangzhou")
                .flatMap(before)
                .block(PATIENCE);
        killed.close();
    }

    @Test
    void twoCommandsAtTheSameMomentBuyOnceAtMost() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        Session[] sessions = new Session[2];
        List<Future<Integer>> codes = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 2; i++) {
                Session session = session().atTerminal("y\nn\n", () -> meet(asked));
                sessions[i] = session;
                codes.add(threads.submit(() -> session.clone(simulator, "--goods-num=45", "--billing=payg")));
            }
            for (Future<Integer> code : codes) {
                assertThat(code.get(2, TimeUnit.MINUTES)).isIn(0, 2);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(simulator.books().bought())
                .as(sessions[0].err() + sessions[1].err())
                .isIn(0, 45);
    }

    @Test
    void withTheLatestBackupARequestForAnOlderOneIsTheSame() {
        CloneJournal journal = journal();
        ClonePlan plan = Fixtures.plan("order-1", 45);
        journal.open(plan, "ap-guangzhou")
                .flatMap(open -> open.sending(plan.chunk(0), 100).then(open.release()))
                .block(PATIENCE);
        CloneRequest newer = plan.request().toBuilder().backupId("newer").build();

        assertThat(EarlierPlan.find(journal, newer, Optional.empty(), true)
                        .collectList()
                        .block(PATIENCE))
                .hasSize(1);
        assertThat(EarlierPlan.find(journal, newer, Optional.empty(), false)
                        .collectList()
                        .block(PATIENCE))
                .isEmpty();
        journal.close();
    }

    private static void meet(CountDownLatch all) {
        all.countDown();
        try {
            assertThat(all.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Session session() {
        return new Session(folder).credentials(simulator.secretId(), simulator.secretKey());
    }

    private int buy(Session session, int goodsNum, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "--goods-num=" + goodsNum;
        arguments[1] = "--billing=payg";
        arguments[2] = "--yes";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return session.clone(simulator, arguments);
    }

    private CloneJournal journal() {
        return Fixtures.journal(folder.resolve("journal.db"));
    }
}
