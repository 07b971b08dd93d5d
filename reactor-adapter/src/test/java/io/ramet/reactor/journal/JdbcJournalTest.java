package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
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
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
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

    abstract static class OnADatabase extends JournalContract {

        private @Nullable DataSource database;

        /** A new and empty database. */
        abstract DataSource newDatabase() throws Exception;

        final DataSource database() throws Exception {
            if (database == null) {
                database = newDatabase();
            }
            return database;
        }

        @Override
        CloneJournal journal() throws Exception {
            return CloneJournal.jdbc(database());
        }

        private final ClonePlan plan = plan("order-1", 90);

        @Test
        void anOutcomeIsWrittenThoughTheRowOfItsChunkHasVanished() throws Exception {
            CloneJournal journal = journal();
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            Cloned shortOf = new Cloned(plan.chunk(0), new Deal("deal-1", null, List.of("crs-1"), "req-1"));
            for (int index : List.of(0, 1)) {
                open.sending(plan.chunk(index), 100).block(PATIENCE);
            }
            execute(database(), "DELETE FROM ramet_chunk");
            open.answered(shortOf).block(PATIENCE);
            open.settled(cloned(plan.chunk(1))).block(PATIENCE);
            assertThat(journal.sending(plan.id()).single().block(PATIENCE).answer())
                    .isEqualTo(shortOf);
            assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(1)));
            journal.close();
        }

        @Test
        void anOwnerWhoseFencingNumberWasGivenOutAgainCannotWriteAndIsToldSo() throws Exception {
            CloneJournal first = journal();
            CloneJournal second = journal();
            PlanJournal lost = first.open(plan, REGION).block(PATIENCE);
            // A standby that lost the claim, or a restored copy.
            execute(database(), "UPDATE ramet_plan SET fence = fence - 1, owner = '', lease_until = 0");
            PlanJournal taken = second.open(plan, REGION).block(PATIENCE);
            assertThatThrownBy(() -> lost.sending(plan.chunk(0), 100).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessage("plan order-1 has been taken over by another process");
            assertThatThrownBy(() -> lost.lost().block(PATIENCE)).isInstanceOf(JournalException.class);
            lost.release().block(PATIENCE);
            taken.sending(plan.chunk(0), 100).block(PATIENCE);
            taken.release().block(PATIENCE);
            assertThat(taken.lost().blockOptional(PATIENCE)).isEmpty();
            first.close();
            second.close();
        }

        @Test
        void aPatientProcessWaitsForAPlanThatIsHeld() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            CloneJournal second =
                    CloneJournal.jdbcBuilder(database).patience(PATIENCE).build();
            PlanJournal held = first.open(plan, REGION).block(PATIENCE);
            Mono<PlanJournal> waiting = second.open(plan, REGION).cache();
            waiting.subscribe();
            held.release().delaySubscription(Duration.ofMillis(400)).block(PATIENCE);
            assertThat(waiting.block(PATIENCE)).isNotNull();
            first.close();
            second.close();
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
            assertThat(taken.known().pending()).hasSize(1);
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
            first.close();
            second.close();
        }

        @Test
        void aPlanIsLeftWhenItsLeaseHasRunOutOrItWasHandedOverAndNotWhenItIsHeldOrReleased() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            CloneJournal second = CloneJournal.jdbc(database);
            assertThat(second.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
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
                    .handOff()
                    .block(PATIENCE);
            assertThat(second.claimAbandoned("eu-frankfurt", Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            assertThat(second.claimAbandoned(REGION, Set.of(PlanId.of("killed")))
                            .block(PATIENCE)
                            .plan()
                            .id())
                    .isEqualTo(PlanId.of("handed-over"));
            ClaimedPlan left = second.claimAbandoned(REGION, Set.of()).block(PATIENCE);
            assertThat(left.plan().id()).isEqualTo(PlanId.of("killed"));
            assertThat(left.plan().request()).contains("crs-xjhsdj12");
            assertThat(left.plan().held()).isTrue();
            assertThat(left.journal().known().pending()).hasSize(1);
            left.journal().sending(plan("killed", 90).chunk(1), 101).block(PATIENCE);
            assertThat(second.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            first.close();
            second.close();
        }

        @Test
        void settlingAPlanLeavesItLeftOrEndedAsItWas() throws Exception {
            DataSource database = database();
            CloneJournal journal = CloneJournal.jdbc(database);
            journal.open(plan("left", 30), REGION).block(PATIENCE).handOff().block(PATIENCE);
            journal.open(plan("ended", 30), REGION).block(PATIENCE).release().block(PATIENCE);
            for (String id : List.of("left", "ended")) {
                journal.reopen(PlanId.of(id), REGION)
                        .flatMap(PlanJournal::release)
                        .block(PATIENCE);
                // And one who is killed while he settles.
                journal.reopen(PlanId.of(id), REGION).block(PATIENCE);
            }
            assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            expireLeases(database);
            ClaimedPlan left = journal.claimAbandoned(REGION, Set.of()).block(PATIENCE);
            assertThat(left.plan().id()).isEqualTo(PlanId.of("left"));
            left.journal().release().block(PATIENCE);
            assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            journal.close();
        }

        @Test
        void aLeftPlanWhoseEntryIsDamagedIsNamedSoThatTheOthersCanBeTaken() throws Exception {
            DataSource database = database();
            CloneJournal journal = CloneJournal.jdbc(database);
            for (String id : List.of("damaged", "whole")) {
                journal.open(plan(id, 30), REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
            }
            execute(database, "UPDATE ramet_plan SET goods_num = 60 WHERE plan_id = 'damaged'");
            assertThatThrownBy(() -> journal.claimAbandoned(REGION, Set.of()).block(PATIENCE))
                    .isInstanceOfSatisfying(
                            DamagedPlanException.class,
                            damaged -> assertThat(damaged.planId()).isEqualTo(PlanId.of("damaged")));
            assertThat(journal.claimAbandoned(REGION, Set.of(PlanId.of("damaged")))
                            .block(PATIENCE)
                            .plan()
                            .id())
                    .isEqualTo(PlanId.of("whole"));
            journal.close();
        }

        @Test
        void noTwoProcessesTakeTheSamePlan() throws Exception {
            DataSource database = database();
            List<CloneJournal> journals =
                    Stream.generate(() -> CloneJournal.jdbc(database)).limit(4).toList();
            Flux.range(0, 20)
                    .concatMap(i ->
                            journals.get(0).open(plan("left-" + i, 30), REGION).flatMap(PlanJournal::handOff))
                    .blockLast(PATIENCE);
            List<PlanId> taken = Flux.fromIterable(journals)
                    .flatMap(journal -> journal.claimAbandoned(REGION, Set.of()).repeat(19))
                    .map(left -> left.plan().id())
                    .collectList()
                    .block(PATIENCE);
            assertThat(taken).hasSize(20).doesNotHaveDuplicates();
            Flux.fromIterable(journals).flatMap(CloneJournal::disposeLater).blockLast(PATIENCE);
        }

        @Test
        void aLeaseIsRenewedWhileItIsHeld() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbcBuilder(database)
                    .lease(Duration.ofSeconds(1))
                    .build();
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
            first.close();
            second.close();
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
            assertThat(looking.pending(plan.id()).collectList().block(PATIENCE))
                    .as("it is in the hands of the one who holds the plan")
                    .isEmpty();
            broken.close();
            expireLeases(database);
            StoredPlan stored = looking.find(plan.id()).block(PATIENCE);
            assertThat(stored.held()).isFalse();
            assertThat(looking.pending(plan.id()).single().block(PATIENCE).chunk())
                    .isEqualTo(plan.chunk(0));
            CloneReport report = looking.report(stored).block(PATIENCE);
            assertThat(report.summary())
                    .isEqualTo("plan order-1: 30 of 90 cloned in 1 deal, 30 in doubt, 30 not sent yet");
            looking.close();
        }

        @Test
        void aNewerSchemaIsRefused() throws Exception {
            DataSource database = database();
            CloneJournal first = CloneJournal.jdbc(database);
            first.open(plan, REGION).block(PATIENCE);
            first.close();
            execute(database, "INSERT INTO ramet_schema (version) VALUES (99)");
            CloneJournal second = CloneJournal.jdbc(database);
            assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("newer version");
            second.close();
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
            Flux.fromIterable(journals).flatMap(CloneJournal::disposeLater).blockLast(PATIENCE);
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
    }

    @Nested
    class OnSqlite extends OnADatabase {

        @TempDir
        private Path folder;

        private Path file;

        @Override
        DataSource newDatabase() {
            file = folder.resolve("journal.db");
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);
            return source;
        }

        @Test
        void theFileHoldsNoSecret() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            journal.open(JournalContract.plan("secret", 30), REGION).block(PATIENCE);
            journal.close();
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .contains("crs-xjhsdj12")
                    .doesNotContain("Canary-Passw0rd");
        }
    }

    @Nested
    class OnPostgres extends OnADatabase {

        private static EmbeddedPostgres postgres;
        private static int databases;

        @BeforeAll
        static void start() throws IOException {
            postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
        }

        @AfterAll
        static void stop() throws IOException {
            postgres.close();
        }

        @Test
        void whatWasBoughtIsWrittenWhenADatabaseThatWentAwayIsBack() throws Exception {
            Restarting database = new Restarting(database());
            CloneJournal journal = CloneJournal.jdbc(database.source());
            ClonePlan plan = JournalContract.plan("order-1", 30);
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            open.sending(plan.chunk(0), 100).block(PATIENCE);
            database.restart();
            open.settled(JournalContract.cloned(plan.chunk(0))).block(PATIENCE);
            assertThat(database.refused).hasPositiveValue();
            assertThat(open.outcomes(0).map(PlacedOutcome::outcome).single().block(PATIENCE))
                    .isEqualTo(JournalContract.cloned(plan.chunk(0)));
            journal.close();
        }

        @Test
        void aPlanThatEndsWhileTheDatabaseIsAwayIsNotLeft() throws Exception {
            Restarting database = new Restarting(database());
            CloneJournal journal = CloneJournal.jdbc(database.source());
            PlanJournal open =
                    journal.open(JournalContract.plan("order-1", 30), REGION).block(PATIENCE);
            database.restart();
            open.release().block(PATIENCE);
            assertThat(database.refused).hasPositiveValue();
            assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                    .isEmpty();
            journal.close();
        }

        @Test
        void aJournalThatIsClosedAnswersWhoeverStillReads() throws Exception {
            CloneJournal journal = CloneJournal.jdbc(database());
            ClonePlan plan = JournalContract.plan("order-1", 30);
            journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
            Flux<StoredPlan> reading = journal.find(plan.id()).repeat();
            Mono<Void> ended = Flux.merge(reading, reading, reading).then().cache();
            ended.subscribe(nothing -> {}, failure -> {});
            journal.close();
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
        DataSource newDatabase() throws SQLException {
            String name = "journal_" + databases++;
            execute(postgres.getPostgresDatabase(), "CREATE DATABASE " + name);
            return postgres.getDatabase("postgres", name);
        }
    }
}
