package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;
import reactor.core.publisher.Flux;

/** A journal behind a real PgBouncer that gives each transaction another session of PostgreSQL. */
@Tag("soak")
@Timeout(180)
class PgBouncerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Postgres postgres;
    private Program pgbouncer;
    private int port;

    @BeforeEach
    void start() throws Exception {
        String program = Program.find("pgbouncer", "pgbouncer");
        postgres = Postgres.start("synchronous_commit=off", "default_transaction_isolation=serializable");
        Path folder = Program.folder("pgbouncer");
        port = Program.freePort();
        Path configuration = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                postgres = host=127.0.0.1 port=%d user=ramet
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 3
                server_round_robin = 1
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        Postgres.source(postgres).getPortNumbers()[0], port));
        pgbouncer = Program.start(folder, program, configuration.toString());
        pgbouncer.await("PgBouncer accepts connections", this::isUp);
    }

    @AfterEach
    void stop() {
        if (pgbouncer != null) {
            pgbouncer.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private boolean isUp() {
        try (Connection connection = source("").getConnection()) {
            return connection.isValid(5);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private PGSimpleDataSource source(String more) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=ramet" + more);
        return source;
    }

    @Test
    void preparedStatementsThroughAPoolerAreRefusedWhenTheJournalConnects() {
        try (CloneJournal journal = CloneJournal.jdbc(source(""))) {
            assertThatThrownBy(() -> journal.plans().collectList().block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("prepareThreshold=0");
        }
    }

    @Test
    void withoutThemEachTransactionIsDurableInAnySessionAndNothingIsBoughtTwice() throws Exception {
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                CloneJournal one = CloneJournal.jdbc(source("&prepareThreshold=0"));
                CloneJournal other = CloneJournal.jdbc(source("&prepareThreshold=0"))) {
            one.plans().collectList().block(PATIENCE);
            refuseWritesThatACrashCouldLose();
            spoilSessions();
            ClonePlan first = Fixtures.plan("behind-a-pooler-1", 300);
            ClonePlan second = Fixtures.plan("behind-a-pooler-2", 300);
            try (CloneClient client = Fixtures.client(simulator).journal(one).build();
                    CloneClient otherClient =
                            Fixtures.client(simulator).journal(other).build()) {
                List<ChunkOutcome> outcomes = Flux.merge(client.clone(first), otherClient.clone(second))
                        .collectList()
                        .block(PATIENCE);
                assertThat(outcomes).hasSize(20).allMatch(Cloned.class::isInstance);
                assertThat(client.clone(second).collectList().block(PATIENCE))
                        .as("the other's journal")
                        .hasSize(10);
            }
            BooksAssert.assertNothingBoughtTwice("behind a pooler", simulator);
            assertThat(simulator.books().bought()).isEqualTo(600);
        }
    }

    /** Other users of the pooler leave settings behind in the sessions that the journal gets next. */
    private void spoilSessions() throws SQLException {
        for (int i = 0; i < 12; i++) {
            try (Connection connection = source("&prepareThreshold=0").getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit TO off");
            }
        }
    }

    private void refuseWritesThatACrashCouldLose() throws SQLException {
        postgres.execute(
                "CREATE FUNCTION durable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        + "IF current_setting('synchronous_commit') = 'off' "
                        + "OR current_setting('transaction_isolation') <> 'read committed' THEN "
                        + "RAISE EXCEPTION 'not durable: % %', current_setting('synchronous_commit'), "
                        + "current_setting('transaction_isolation'); END IF; RETURN NEW; END $$",
                "CREATE TRIGGER durable BEFORE INSERT OR UPDATE ON ramet_plan FOR EACH ROW EXECUTE FUNCTION durable()",
                "CREATE TRIGGER durable BEFORE INSERT OR UPDATE ON ramet_chunk FOR EACH ROW EXECUTE FUNCTION durable()");
    }
}
