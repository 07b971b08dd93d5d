package io.ramet.reactor.parts;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.parts.MySql.Kind;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** A real MariaDB or MySQL that dies or refuses writes while a plan is bought. */
@Tag("soak")
@Timeout(180)
class MySqlFailureTest extends DatabaseFailures {

    @ParameterizedTest
    @EnumSource
    void aServerThatIsKilledAndStartedAgainLosesNothing(Kind kind) throws Exception {
        try (MySql server = MySql.start(kind);
                Simulator simulator = respondingAfter(Duration.ofMillis(500));
                CloneClient client = client(simulator, MySql.source(server.newDatabase()))
                        .maxInFlight(2)
                        .build()) {
            ClonePlan plan = Fixtures.plan("killed-server", 300);
            CompletableFuture<List<ChunkOutcome>> bought = buying(client, plan);
            awaitExecutions(simulator, 5);
            server.kill();
            server.restart();

            bought.join();
            assertBoughtAsAsked(simulator, plan, buying(client, plan).join());
        }
    }

    /** A managed failover as a client sees it. */
    @ParameterizedTest
    @EnumSource
    void aServerThatIsReadOnlyForFourSecondsEndsNoRun(Kind kind) throws Exception {
        try (MySql server = MySql.start(kind);
                Simulator simulator = respondingAfter(Duration.ofMillis(1_500))) {
            // Root may write to a server that is read-only.
            server.execute("CREATE USER ramet@localhost");
            server.execute("GRANT ALL ON *.* TO ramet@localhost");
            server.execute(
                    kind == Kind.MARIADB
                            ? "REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM ramet@localhost"
                            : "REVOKE CONNECTION_ADMIN, SUPER ON *.* FROM ramet@localhost");
            String database = server.newDatabase().replace("user=root", "user=ramet");
            try (CloneClient client = client(simulator, MySql.source(database), Duration.ofSeconds(30))
                    .build()) {
                ClonePlan plan = Fixtures.plan("read-only", 90);
                CompletableFuture<List<ChunkOutcome>> bought =
                        client.clone(plan).collectList().toFuture();
                awaitExecutions(simulator, 3);
                server.execute("SET GLOBAL read_only = ON");
                Mono.delay(Duration.ofSeconds(4)).block();
                server.execute("SET GLOBAL read_only = OFF");

                assertBoughtAsAsked(simulator, plan, bought.join());
            }
        }
    }
}
