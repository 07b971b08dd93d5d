package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.JournalException;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** A real PostgreSQL that dies, loses what it said was durable, or comes back with less, while a plan is bought. */
@Tag("soak")
@Timeout(180)
class PostgresFailureTest extends DatabaseFailures {

    @Test
    void theFailoverToAStandbyThatMissedTheYoungestRowsBuysNothingTwiceAndHidesNothing() throws Exception {
        try (Postgres primary = Postgres.start();
                Postgres standby = primary.standby();
                Simulator simulator = respondingAfter(Duration.ofSeconds(3));
                CloneClient client = client(simulator, Postgres.source(primary, standby))
                        .maxInFlight(1)
                        .build()) {
            ClonePlan plan = Fixtures.plan("asynchronous-standby", 60);
            CompletableFuture<List<ChunkOutcome>> bought = buying(client, plan);
            awaitExecutions(simulator, 1);
            Mono.delay(Duration.ofSeconds(1)).block();
            standby.execute("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()");
            standby.await("the standby falls behind", "SELECT count(*) FROM pg_stat_wal_receiver", "0");
            awaitExecutions(simulator, 2);
            primary.kill();
            standby.promote();

            BooksAssert.assertTruth("the run that saw the failover", simulator, plan, bought.join());
            assertBoughtAsAsked(simulator, plan, buying(client, plan).join());
        }
    }

    @Test
    void theFailoverToASynchronousStandbyLosesNothing() throws Exception {
        try (Postgres primary = Postgres.start();
                Postgres standby = primary.standby();
                Simulator simulator = respondingAfter(Duration.ofMillis(500));
                CloneClient client = client(simulator, Postgres.source(primary, standby))
                        .maxInFlight(2)
                        .build()) {
            primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
            primary.await("the standby is synchronous", "SELECT sync_state FROM pg_stat_replication", "sync");
            ClonePlan plan = Fixtures.plan("synchronous-standby", 300);
            CompletableFuture<List<ChunkOutcome>> bought = buying(client, plan);
            awaitExecutions(simulator, 5);
            primary.kill();
            standby.promote();

            bought.join();
            assertBoughtAsAsked(simulator, plan, buying(client, plan).join());
        }
    }

    @Test
    void aServerThatIsKilledAndStartedAgainLosesNothing() throws Exception {
        try (Postgres postgres = Postgres.start();
                Simulator simulator = respondingAfter(Duration.ofMillis(500));
                CloneClient client = client(simulator, Postgres.source(postgres))
                        .maxInFlight(2)
                        .build()) {
            ClonePlan plan = Fixtures.plan("killed-server", 300);
            CompletableFuture<List<ChunkOutcome>> bought = buying(client, plan);
            awaitExecutions(simulator, 5);
            postgres.kill();
            postgres.restart();

            bought.join();
            assertBoughtAsAsked(simulator, plan, buying(client, plan).join());
        }
    }

    /** The setting is common, and would let a crash forget calls that have been sent. */
    @Test
    void asynchronousCommitsOfTheRoleAreNotTakenOver() throws Exception {
        try (Postgres postgres = Postgres.start();
                Simulator simulator = respondingAfter(Duration.ofMillis(2_500))) {
            postgres.execute("ALTER ROLE ramet SET synchronous_commit = off");
            ClonePlan plan = Fixtures.plan("asynchronous-commit", 60);
            try (CloneClient dying =
                    client(simulator, Postgres.source(postgres)).maxInFlight(1).build()) {
                dying.submit(plan).block(PATIENCE);
                awaitExecutions(simulator, 2);
                postgres.kill();
                // It never gets to write anything more: buyer and server lose their power together.
                dying.disposeLater().subscribe(closed -> {}, failure -> {});
                Mono.delay(Duration.ofMillis(200)).block();
            }
            postgres.restart();
            try (CloneClient next = client(simulator, Postgres.source(postgres)).build()) {
                assertBoughtAsAsked(simulator, plan, buying(next, plan).join());
            }
        }
    }

    @Test
    void aServerThatDoesNotWaitForItsDiskIsRefused() throws Exception {
        try (Postgres postgres = Postgres.start("fsync=off");
                Simulator simulator = Simulator.start();
                CloneClient client =
                        client(simulator, Postgres.source(postgres)).build()) {
            assertThatThrownBy(() -> client.clone(Fixtures.plan(30)).blockLast(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("fsync");
            assertThat(simulator.books().executions()).isEmpty();
        }
    }

    /** A managed failover as a client sees it: SQLSTATE 25006. */
    @Test
    void aServerThatIsReadOnlyForFourSecondsEndsNoRun() throws Exception {
        try (Postgres postgres = Postgres.start();
                Simulator simulator = respondingAfter(Duration.ofMillis(1_500));
                CloneClient client = client(simulator, Postgres.source(postgres), Duration.ofSeconds(30))
                        .build()) {
            ClonePlan plan = Fixtures.plan("read-only", 90);
            CompletableFuture<List<ChunkOutcome>> bought =
                    client.clone(plan).collectList().toFuture();
            awaitExecutions(simulator, 3);
            postgres.execute("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
            Mono.delay(Duration.ofSeconds(4)).block();
            postgres.execute(
                    "SET default_transaction_read_only = off",
                    "ALTER SYSTEM RESET default_transaction_read_only",
                    "SELECT pg_reload_conf()");

            assertBoughtAsAsked(simulator, plan, bought.join());
        }
    }

    /**
     * The copy knows neither the last claim nor the requests in flight, and gives out the fencing number of that claim
     * again.
     */
    @Test
    void aServerThatComesBackAsAnOlderCopyLetsNoTwoProcessesBuyOnePlan() throws Exception {
        try (Postgres postgres = Postgres.start();
                Simulator simulator = respondingAfter(Duration.ofSeconds(6))) {
            ClonePlan plan = Fixtures.plan("older-copy", 240);
            try (CloneClient earlier =
                    client(simulator, Postgres.source(postgres)).maxInFlight(1).build()) {
                earlier.clone(plan).blockFirst(PATIENCE);
            }
            Path copy = postgres.backUp();
            try (CloneClient first = client(simulator, Postgres.source(postgres))
                            .maxInFlight(2)
                            .build();
                    CloneClient second = client(simulator, Postgres.source(postgres))
                            .maxInFlight(2)
                            .build()) {
                int before = simulator.books().executions().size();
                CompletableFuture<List<ChunkOutcome>> bought =
                        first.clone(plan).collectList().toFuture();
                awaitExecutions(simulator, before + 2);
                postgres.restore(copy);
                List<ChunkOutcome> last = buying(second, plan).join();

                assertThat(bought).completesExceptionallyWithin(PATIENCE);
                assertBoughtAsAsked(simulator, plan, last);
            }
        }
    }
}
