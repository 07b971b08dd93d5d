package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostAnswer;
import io.ramet.error.LostAnswer.Reached;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The same promises of the journal on each database, for real. */
class JdbcJournalTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String REGION = "ap-guangzhou";

    abstract static class Promises {

        /** A new and empty database. */
        abstract DataSource database() throws Exception;

        private final ClonePlan plan = plan("order-1", 90);

        @Test
        void aNewPlanIsKnownToNobodyAndIsKeptWithoutItsPassword() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            assertThat(open.known().settled().isEmpty()).isTrue();
            assertThat(open.known().unsettled()).isEmpty();
            StoredPlan stored = journal.find(plan.id()).block(PATIENCE);
            assertThat(stored.goodsNum()).isEqualTo(90);
            assertThat(stored.request()).contains("crs-xjhsdj12").doesNotContain("Passw0rd");
            assertThat(journal.plans().collectList().block(PATIENCE)).containsExactly(stored);
            assertThat(journal.find(PlanId.of("no-such")).blockOptional(PATIENCE))
                    .isEmpty();
            journal.close().block(PATIENCE);
        }

        @Test
        void whatWasWrittenIsThereForTheNextProcess() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            PlanJournal open = first.open(plan, REGION).block(PATIENCE);
            ChunkOutcome refused = new NotCloned(
                    plan.chunk(1), new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "sold out", "r-1"));
            ChunkOutcome cloned = new Cloned(plan.chunk(0), new Deal("1", "2", List.of("crs-1", "crs-2"), "r-2"));
            open.sending(plan.chunk(0), 100).block(PATIENCE);
            open.sending(plan.chunk(1), 101).block(PATIENCE);
            open.sending(plan.chunk(2), 102).block(PATIENCE);
            open.settled(refused).block(PATIENCE);
            open.settled(cloned).block(PATIENCE);
            open.release().block(PATIENCE);
            first.close().block(PATIENCE);

            CloneJournal second = CloneJournal.jdbc(database);
            PlanJournal again = second.open(plan, REGION).block(PATIENCE);
            assertThat(again.known().settled().stream()).containsExactly(0, 1);
            assertThat(again.known().unsettled()).containsExactly(new PlanJournal.Unsettled(plan.chunk(2), 102, null));
            List<ChunkOutcome> outcomes = again.outcomes(0).collectList().block(PATIENCE);
            assertThat(outcomes).hasSize(2);
            assertThat(outcomes.get(0)).isInstanceOfSatisfying(NotCloned.class, no -> {
                assertThat(no.chunk()).isEqualTo(plan.chunk(1));
                assertThat(no.failure()).hasMessage("ResourceUnavailable.SaleOut: sold out (RequestId r-1)");
            });
            assertThat(outcomes.get(1)).isEqualTo(cloned);
            assertThat(again.outcomes(1).collectList().block(PATIENCE)).containsExactly(cloned);
            second.close().block(PATIENCE);
        }

        @Test
        void aPlanIdStandsForOneRequestForEver() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            first.open(plan, REGION).block(PATIENCE).release().block(PATIENCE);
            assertThatThrownBy(() -> first.open(plan("order-1", 91), REGION).block(PATIENCE))
                    .isInstanceOf(PlanConflictException.class);
            assertThat(first.open(plan, REGION).block(PATIENCE)).isNotNull();
            first.close().block(PATIENCE);
        }

        @Test
        void aWithdrawnChunkIsNotInDoubt() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            open.sending(plan.chunk(0), 100).block(PATIENCE);
            open.withdrawn(plan.chunk(0)).block(PATIENCE);
            open.sending(plan.chunk(1), 100).block(PATIENCE);
            open.withdrawn(plan.chunk(1)).block(PATIENCE);
            open.sending(plan.chunk(1), 105).block(PATIENCE);
            open.release().block(PATIENCE);
            assertThat(journal.open(plan, REGION).block(PATIENCE).known().unsettled())
                    .containsExactly(new PlanJournal.Unsettled(plan.chunk(1), 105, null));
            journal.close().block(PATIENCE);
        }

        @Test
        void onlyWhatIsOpenCanBeSettledAnew() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            ChunkOutcome doubt =
                    new InDoubt(plan.chunk(0), new LostAnswer(Reached.ANSWERING, "broke off", "r-9", null));
            ChunkOutcome few = new Cloned(plan.chunk(0), new Deal(null, null, List.of("crs-1"), "r-9"));
            ChunkOutcome cloned = cloned(plan.chunk(0));
            ChunkOutcome other = new Cloned(plan.chunk(0), new Deal("7", null, List.of("crs-7"), "r-7"));
            open.sending(plan.chunk(0), 100).block(PATIENCE);
            open.settled(doubt).block(PATIENCE);
            assertThat(open.outcomes(0).single().block(PATIENCE)).isInstanceOfSatisfying(InDoubt.class, in -> {
                assertThat(in.failure()).hasMessage(((InDoubt) doubt).failure().getMessage());
                assertThat(((LostAnswer) in.failure()).reached()).isEqualTo(Reached.ANSWERING);
            });
            open.settled(few).block(PATIENCE);
            assertThat(open.outcomes(0).single().block(PATIENCE)).isEqualTo(few);
            open.settled(cloned).block(PATIENCE);
            open.settled(other).block(PATIENCE);
            assertThat(open.outcomes(0).collectList().block(PATIENCE)).containsExactly(cloned);
            journal.close().block(PATIENCE);
        }

        @Test
        void aSecondProcessIsRefusedAPlanThatIsHeld() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            CloneJournal second = CloneJournal.jdbc(database);
            PlanJournal held = first.open(plan, REGION).block(PATIENCE);
            assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
            assertThatThrownBy(() -> second.reopen(plan.id(), REGION).block(PATIENCE))
                    .isInstanceOf(PlanBusyException.class);
            held.release().block(PATIENCE);
            assertThat(second.open(plan, REGION).block(PATIENCE)).isNotNull();
            first.close().block(PATIENCE);
            second.close().block(PATIENCE);
        }

        @Test
        void aPatientProcessWaitsForAPlanThatIsHeld() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            CloneJournal second = CloneJournal.jdbc(database, CloneJournal.LEASE, PATIENCE);
            PlanJournal held = first.open(plan, REGION).block(PATIENCE);
            Mono<PlanJournal> waiting = second.open(plan, REGION).cache();
            waiting.subscribe();
            held.release().delaySubscription(Duration.ofMillis(400)).block(PATIENCE);
            assertThat(waiting.block(PATIENCE)).isNotNull();
            first.close().block(PATIENCE);
            second.close().block(PATIENCE);
        }

        @Test
        void anOwnerWhoseLeaseWasTakenCannotWrite() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            CloneJournal second = CloneJournal.jdbc(database);
            PlanJournal paused = first.open(plan, REGION).block(PATIENCE);
            paused.sending(plan.chunk(0), 100).block(PATIENCE);
            expireLeases(database);
            PlanJournal taken = second.open(plan, REGION).block(PATIENCE);
            assertThat(taken.known().unsettled()).hasSize(1);
            for (Mono<Void> write : List.of(
                    paused.sending(plan.chunk(1), 101),
                    paused.withdrawn(plan.chunk(0)),
                    paused.settled(new Cloned(plan.chunk(0), new Deal("1", null, List.of(), null))))) {
                assertThatThrownBy(() -> write.block(PATIENCE))
                        .isInstanceOf(JournalException.class)
                        .hasMessage("plan order-1 has been taken over by another process");
            }
            paused.release().block(PATIENCE);
            taken.sending(plan.chunk(1), 102).block(PATIENCE);
            first.close().block(PATIENCE);
            second.close().block(PATIENCE);
        }

        @Test
        void aPlanIsLeftWhenItsLeaseHasRunOutOrItWasHandedOverAndNotWhenItIsHeldOrReleased() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            CloneJournal second = CloneJournal.jdbc(database);
            assertThat(second.takeLeft(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            first.open(plan("killed", 90), REGION)
                    .block(PATIENCE)
                    .sending(plan("killed", 90).chunk(0), 100)
                    .block(PATIENCE);
            expireLeases(database);
            first.open(plan("held", 90), REGION).block(PATIENCE);
            first.open(plan("released", 90), REGION).block(PATIENCE).release().block(PATIENCE);
            first.open(plan("handed-over", 90), REGION)
                    .block(PATIENCE)
                    .handOver()
                    .block(PATIENCE);
            assertThat(second.takeLeft("eu-frankfurt", Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            assertThat(second.takeLeft(REGION, Set.of(PlanId.of("killed")))
                            .block(PATIENCE)
                            .plan()
                            .id())
                    .isEqualTo(PlanId.of("handed-over"));
            LeftPlan left = second.takeLeft(REGION, Set.of()).block(PATIENCE);
            assertThat(left.plan().id()).isEqualTo(PlanId.of("killed"));
            assertThat(left.plan().request()).contains("crs-xjhsdj12");
            assertThat(left.plan().held()).isTrue();
            assertThat(left.journal().known().unsettled()).hasSize(1);
            left.journal().sending(plan("killed", 90).chunk(1), 101).block(PATIENCE);
            assertThat(second.takeLeft(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            first.close().block(PATIENCE);
            second.close().block(PATIENCE);
        }

        @Test
        void settlingAPlanLeavesItLeftOrEndedAsItWas() throws Exception {
            DataSource database = database();
            CloneJournal journal = CloneJournal.jdbc(database);
            journal.open(plan("left", 30), REGION).block(PATIENCE).handOver().block(PATIENCE);
            journal.open(plan("ended", 30), REGION).block(PATIENCE).release().block(PATIENCE);
            for (String id : List.of("left", "ended")) {
                journal.reopen(PlanId.of(id), REGION)
                        .flatMap(PlanJournal::release)
                        .block(PATIENCE);
                // And one who is killed while he settles.
                journal.reopen(PlanId.of(id), REGION).block(PATIENCE);
            }
            assertThat(journal.takeLeft(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            expireLeases(database);
            LeftPlan left = journal.takeLeft(REGION, Set.of()).block(PATIENCE);
            assertThat(left.plan().id()).isEqualTo(PlanId.of("left"));
            left.journal().release().block(PATIENCE);
            assertThat(journal.takeLeft(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            journal.close().block(PATIENCE);
        }

        @Test
        void aLeftPlanWhoseEntryIsDamagedIsNamedSoThatTheOthersCanBeTaken() throws Exception {
            DataSource database = database();
            CloneJournal journal = CloneJournal.jdbc(database);
            for (String id : List.of("damaged", "whole")) {
                journal.open(plan(id, 30), REGION)
                        .flatMap(PlanJournal::handOver)
                        .block(PATIENCE);
            }
            execute(database, "UPDATE ramet_plan SET goods_num = 60 WHERE plan_id = 'damaged'");
            assertThatThrownBy(() -> journal.takeLeft(REGION, Set.of()).block(PATIENCE))
                    .isInstanceOfSatisfying(
                            DamagedPlanException.class,
                            damaged -> assertThat(damaged.planId()).isEqualTo(PlanId.of("damaged")));
            assertThat(journal.takeLeft(REGION, Set.of(PlanId.of("damaged")))
                            .block(PATIENCE)
                            .plan()
                            .id())
                    .isEqualTo(PlanId.of("whole"));
            journal.close().block(PATIENCE);
        }

        @Test
        void anAnswerIsKeptAndToldToNobodyUntilItIsSettled() throws Exception {
            DataSource database = database();
            CloneJournal journal = CloneJournal.jdbc(database);
            CloneChunk chunk = plan.chunk(0);
            Cloned shortOf = new Cloned(chunk, new Deal("deal-1", null, List.of("crs-1"), "req-1"));
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            open.sending(chunk, 100).block(PATIENCE);
            open.answered(shortOf).block(PATIENCE);
            assertThat(open.outcomes(0).collectList().block(PATIENCE)).isEmpty();
            open.release().block(PATIENCE);
            PlanJournal again = journal.open(plan, REGION).block(PATIENCE);
            assertThat(again.known().settled().isEmpty()).isTrue();
            assertThat(again.known().unsettled()).containsExactly(new PlanJournal.Unsettled(chunk, 100, shortOf));
            again.settled(cloned(chunk)).block(PATIENCE);
            again.answered(shortOf).block(PATIENCE);
            assertThat(again.outcomes(0).single().block(PATIENCE)).isEqualTo(cloned(chunk));
            again.release().block(PATIENCE);
            journal.close().block(PATIENCE);
        }

        @Test
        void noTwoProcessesTakeTheSamePlan() throws Exception {
            DataSource database = database();
            List<CloneJournal> journals =
                    Stream.generate(() -> CloneJournal.jdbc(database)).limit(4).toList();
            Flux.range(0, 20)
                    .concatMap(i ->
                            journals.get(0).open(plan("left-" + i, 30), REGION).flatMap(PlanJournal::handOver))
                    .blockLast(PATIENCE);
            List<PlanId> taken = Flux.fromIterable(journals)
                    .flatMap(journal -> journal.takeLeft(REGION, Set.of()).repeat(19))
                    .map(left -> left.plan().id())
                    .collectList()
                    .block(PATIENCE);
            assertThat(taken).hasSize(20).doesNotHaveDuplicates();
            Flux.fromIterable(journals).flatMap(CloneJournal::close).blockLast(PATIENCE);
        }

        @Test
        void aLeaseIsRenewedWhileItIsHeld() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database, Duration.ofSeconds(1), Duration.ZERO);
            CloneJournal second = CloneJournal.jdbc(database);
            first.open(plan, REGION).block(PATIENCE);
            // For more than twice the lease, another process asks in vain.
            Flux.interval(Duration.ofMillis(300))
                    .take(8)
                    .onBackpressureBuffer()
                    .concatMap(tick -> second.open(plan, REGION)
                            .map(open -> "taken")
                            .onErrorReturn(PlanBusyException.class, "busy"))
                    .doOnNext(answer -> assertThat(answer).isEqualTo("busy"))
                    .blockLast(PATIENCE);
            first.close().block(PATIENCE);
            second.close().block(PATIENCE);
        }

        @Test
        void aPlanGoesOnInTheRegionItWasBegunInAndInNoOther() throws Exception {
            DataSource database = database();
            CloneJournal journal = CloneJournal.jdbc(database);
            journal.open(plan, REGION).block(PATIENCE).release().block(PATIENCE);
            assertThatThrownBy(() -> journal.open(plan, "ap-beijing").block(PATIENCE))
                    .isInstanceOf(PlanConflictException.class)
                    .hasMessageContainingAll("ap-guangzhou", "ap-beijing");
            assertThatThrownBy(() -> journal.reopen(plan.id(), "ap-beijing").block(PATIENCE))
                    .isInstanceOf(PlanConflictException.class);
            assertThat(journal.reopen(plan.id(), REGION).block(PATIENCE)).isNotNull();
            journal.close().block(PATIENCE);
        }

        @Test
        void whatWasAboutToBeSentIsInNobodysHandsOnceTheLeaseHasRunOut() throws Exception {
            DataSource database = database();
            CloneJournal broken = CloneJournal.jdbc(database);
            CloneJournal looking = CloneJournal.jdbc(database);
            PlanJournal open = broken.open(plan, REGION).block(PATIENCE);
            open.sending(plan.chunk(0), 1_700_000_000L).block(PATIENCE);
            open.sending(plan.chunk(1), 1_700_000_000L).block(PATIENCE);
            open.settled(cloned(plan.chunk(1))).block(PATIENCE);
            assertThat(looking.find(plan.id()).block(PATIENCE).held()).isTrue();
            assertThat(looking.unsettled(plan.id()).collectList().block(PATIENCE))
                    .as("it is in the hands of the one who holds the plan")
                    .isEmpty();
            broken.close().block(PATIENCE);
            expireLeases(database);
            StoredPlan stored = looking.find(plan.id()).block(PATIENCE);
            assertThat(stored.held()).isFalse();
            assertThat(looking.unsettled(plan.id()).single().block(PATIENCE).chunk())
                    .isEqualTo(plan.chunk(0));
            CloneReport report = looking.report(stored).block(PATIENCE);
            assertThat(report.summary()).isEqualTo("plan order-1: 30 of 90 cloned in 1 deal, 30 in doubt, 30 pending");
            looking.close().block(PATIENCE);
        }

        @Test
        void manyOutcomesAreReadPageByPageInOrder() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            ClonePlan large = plan("large", 30 * 600);
            PlanJournal open = journal.open(large, REGION).block(PATIENCE);
            Flux.fromIterable(large)
                    .concatMap(chunk -> open.sending(chunk, 1)
                            .then(open.settled(
                                    new Cloned(chunk, new Deal(String.valueOf(chunk.index()), null, List.of(), null)))))
                    .blockLast(Duration.ofMinutes(1));
            List<Integer> read = journal.outcomes(large.id(), 0)
                    .map(outcome -> outcome.chunk().index())
                    .collectList()
                    .block(PATIENCE);
            assertThat(read).hasSize(600).isSorted();
            assertThat(open.outcomes(599).single().block(PATIENCE).chunk().index())
                    .isEqualTo(599);
            journal.close().block(PATIENCE);
        }

        @Test
        void aNewerSchemaIsRefused() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            first.open(plan, REGION).block(PATIENCE);
            first.close().block(PATIENCE);
            execute(database, "INSERT INTO ramet_schema (version) VALUES (99)");
            CloneJournal second = CloneJournal.jdbc(database);
            assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("newer version");
            second.close().block(PATIENCE);
        }

        @Test
        void twoProcessesThatStartTogetherMakeOneSchema() throws Exception {
            DataSource database = database();
            List<CloneJournal> journals =
                    List.of(CloneJournal.jdbc(database), CloneJournal.jdbc(database), CloneJournal.jdbc(database));
            Flux.range(0, 3)
                    .flatMap(i -> journals.get(i).open(plan("plan-" + i, 30), REGION))
                    .blockLast(PATIENCE);
            assertThat(journals.get(0).plans().count().block(PATIENCE)).isEqualTo(3);
            Flux.fromIterable(journals).flatMap(CloneJournal::close).blockLast(PATIENCE);
        }

        static Cloned cloned(CloneChunk chunk) {
            List<String> ids = IntStream.range(0, chunk.goodsNum())
                    .mapToObj(i -> "crs-" + i)
                    .toList();
            return new Cloned(chunk, new Deal("1", null, ids, null));
        }

        static void expireLeases(DataSource database) throws SQLException {
            execute(database, "UPDATE ramet_plan SET lease_until = 1");
        }

        static void execute(DataSource database, String sql) throws SQLException {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        static ClonePlan plan(String id, int goodsNum) {
            return ClonePlan.of(
                    PlanId.of(id),
                    CloneRequest.builder()
                            .instanceId("crs-xjhsdj12")
                            .backupId("b-1")
                            .goodsNum(goodsNum)
                            .payAsYouGo()
                            .zoneId(100003)
                            .securityGroups("sg-1")
                            .password(Secret.of("Canary-Passw0rd"))
                            .build());
        }
    }

    @Nested
    class OnSqlite extends Promises {

        @TempDir
        private Path folder;

        private Path file;

        @Override
        DataSource database() {
            file = folder.resolve("journal.db");
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);
            return source;
        }

        @Test
        void theFileHoldsNoSecret() throws IOException {
            CloneJournal journal = CloneJournal.jdbc(database());
            journal.open(Promises.plan("secret", 30), REGION).block(PATIENCE);
            journal.close().block(PATIENCE);
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .contains("crs-xjhsdj12")
                    .doesNotContain("Canary-Passw0rd");
        }
    }

    @Nested
    class OnPostgres extends Promises {

        private static EmbeddedPostgres postgres;
        private static int databases;

        @BeforeAll
        static void start() throws IOException {
            postgres = EmbeddedPostgres.start();
        }

        @AfterAll
        static void stop() throws IOException {
            postgres.close();
        }

        @Test
        void whatWasBoughtIsWrittenWhenADatabaseThatWentAwayIsBack() throws Exception {
            Restarting database = new Restarting(database());
            CloneJournal journal = CloneJournal.jdbc(database.source());
            ClonePlan plan = Promises.plan("order-1", 30);
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            open.sending(plan.chunk(0), 100).block(PATIENCE);
            database.restart();
            open.settled(Promises.cloned(plan.chunk(0))).block(PATIENCE);
            assertThat(database.refused).hasPositiveValue();
            assertThat(open.outcomes(0).single().block(PATIENCE)).isEqualTo(Promises.cloned(plan.chunk(0)));
            journal.close().block(PATIENCE);
        }

        @Test
        void aPlanThatEndsWhileTheDatabaseIsAwayIsNotLeft() throws Exception {
            Restarting database = new Restarting(database());
            CloneJournal journal = CloneJournal.jdbc(database.source());
            PlanJournal open =
                    journal.open(Promises.plan("order-1", 30), REGION).block(PATIENCE);
            database.restart();
            open.release().block(PATIENCE);
            assertThat(database.refused).hasPositiveValue();
            assertThat(journal.takeLeft(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            journal.close().block(PATIENCE);
        }

        @Test
        void aJournalThatIsClosedAnswersWhoeverStillReads() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            ClonePlan plan = Promises.plan("order-1", 30);
            journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
            Flux<StoredPlan> reading = journal.find(plan.id()).repeat();
            Mono<Void> ended = Flux.merge(reading, reading, reading).then().cache();
            ended.subscribe(nothing -> {}, failure -> {});
            journal.close().block(PATIENCE);
            assertThatThrownBy(() -> ended.block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("closed");
        }

        /** Cuts its connections, and lets nobody in for a second. */
        private static final class Restarting {
            private final DataSource database;
            private final AtomicInteger refused = new AtomicInteger();
            private volatile Instant back = Instant.MIN;

            Restarting(DataSource database) {
                this.database = database;
            }

            void restart() throws SQLException {
                back = Instant.now().plusMillis(1_200);
                execute(
                        postgres.getPostgresDatabase(),
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'journal_"
                                + (databases - 1) + "'");
            }

            DataSource source() {
                return (DataSource) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                            if (Instant.now().isBefore(back)) {
                                refused.incrementAndGet();
                                throw new SQLException("the database system is starting up", "57P03");
                            }
                            return method.invoke(database, arguments);
                        });
            }
        }

        @Override
        DataSource database() throws SQLException {
            String name = "journal_" + databases++;
            execute(postgres.getPostgresDatabase(), "CREATE DATABASE " + name);
            return postgres.getDatabase("postgres", name);
        }
    }
}
