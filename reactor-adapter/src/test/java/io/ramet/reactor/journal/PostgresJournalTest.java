package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.plan.ClonePlan;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

@Tag("real")
class PostgresJournalTest extends JdbcJournalContract {

    private static EmbeddedPostgres postgres;
    private static int databases;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final ClonePlan plan = plan("order-1", 30);

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Override
    DataSource newDatabase() throws SQLException {
        String name = "journal_" + databases++;
        JournalTime.execute(postgres.getPostgresDatabase(), "CREATE DATABASE " + name);
        return postgres.getDatabase("postgres", name);
    }

    @Test
    void aDealIsWrittenWhenADatabaseThatWasAwayIsBack() throws Exception {
        Restarting database = new Restarting(database());
        CloneJournal journal = time.on(database.source(), timer).build();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        database.restart();
        JournalTime.await(timer, open.settled(cloned(plan.chunk(0))));
        assertThat(database.refusals).hasNonPositiveValue();
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void aPlanThatEndsWhileTheDatabaseIsAwayIsNotAbandoned() throws Exception {
        Restarting database = new Restarting(database());
        CloneJournal journal = time.on(database.source(), timer).build();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        database.restart();
        JournalTime.await(timer, open.release());
        assertThat(database.refusals).hasNonPositiveValue();
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        journal.close();
    }

    @Test
    void aServerThatIsSetLaterNotToWaitForItsDiskStillDoesForTheJournal() throws Exception {
        DataSource database = database();
        AtomicReference<Connection> kept = new AtomicReference<>();
        CloneJournal journal = CloneJournal.jdbc((DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    kept.set(database.getConnection());
                    return kept.get();
                }));
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        try {
            configure("off");
            assertThat(setting(database.getConnection())).isEqualTo("off");
            assertThat(setting(kept.get())).isEqualTo("on");
        } finally {
            configure("on");
        }
        journal.close();
    }

    private static void configure(String synchronousCommit) throws Exception {
        JournalTime.execute(
                postgres.getPostgresDatabase(), "ALTER SYSTEM SET synchronous_commit = " + synchronousCommit);
        JournalTime.execute(postgres.getPostgresDatabase(), "SELECT pg_reload_conf()");
        // The server's processes read it a moment later.
        Thread.sleep(500);
    }

    private static String setting(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW synchronous_commit")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aUserWithoutTheRightToMakeTablesCanUseThem() throws Exception {
        DataSource owner = database();
        for (String sql : script(owner).split(";\n")) {
            JournalTime.execute(owner, sql);
        }
        String name = "journal_" + (databases - 1);
        for (String sql : List.of(
                "DROP ROLE IF EXISTS clerk",
                "CREATE ROLE clerk LOGIN",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO clerk")) {
            JournalTime.execute(owner, sql);
        }
        DataSource clerk = postgres.getDatabase("clerk", name);
        CloneJournal making = time.on(clerk).build();
        assertThatThrownBy(() -> making.open(plan, REGION).block(PATIENCE)).isInstanceOf(JournalException.class);
        making.close();
        CloneJournal journal = time.on(clerk).makeTables(false).build();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        open.release().block(PATIENCE);
        assertThat(journal.plans().count().block(PATIENCE)).isEqualTo(1);
        journal.close();
    }

    @Test
    void aJournalThatIsClosedFailsItsReaders() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        Flux<StoredPlan> reading = journal.find(plan.id()).repeat();
        Mono<Void> ended = Flux.merge(reading, reading, reading).then().cache();
        ended.subscribe(nothing -> {}, failure -> {});
        journal.close();
        assertThatThrownBy(() -> ended.block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("closed");
    }

    /** Cuts its connections, and then refuses the next ones. */
    private static final class Restarting {
        private final DataSource database;
        private final AtomicInteger refusals = new AtomicInteger();

        Restarting(DataSource database) {
            this.database = database;
        }

        void restart() throws SQLException {
            refusals.set(4);
            JournalTime.execute(
                    postgres.getPostgresDatabase(),
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'journal_" + (databases - 1)
                            + "'");
        }

        DataSource source() {
            return (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (refusals.getAndDecrement() > 0) {
                            throw new SQLException("the database system is starting up", "57P03");
                        }
                        return method.invoke(database, arguments);
                    });
        }
    }
}
