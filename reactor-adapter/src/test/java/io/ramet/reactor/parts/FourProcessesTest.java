package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.ChildJvm;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.PassingJournal;
import io.ramet.reactor.Replica;
import io.ramet.reactor.SharedClasses;
import io.ramet.reactor.Starvation;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.parts.MySql.Kind;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four processes that share a database, a PostgreSQL with a synchronous standby, a MariaDB or a MySQL, and a Redis. Each
 * of the two fails while they buy, and so does one of the processes.
 */
@Tag("soak")
@Timeout(300)
class FourProcessesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** The jitter that the shaper absorbs on the way to the server. */
    private static final Duration ABSORBED = Duration.ofMillis(25);

    private static final int PROCESSES = 4;
    private static final int PLANS_EACH = 4;
    private static final int CHUNKS = 25;

    @TempDir
    private Path folder;

    private final Map<String, ChildJvm> processes = new LinkedHashMap<>();
    private final List<ClonePlan> plans = new ArrayList<>();
    private Simulator simulator;
    private String database;
    private Redis redis;

    @Test
    void theyBuyNothingTwiceHideNothingAndKeepTheLimitWhilePostgresAndRedisFail() throws Exception {
        try (Postgres primary = Postgres.start();
                Postgres standby = primary.standby()) {
            primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
            primary.await("the standby is synchronous", "SELECT sync_state FROM pg_stat_replication", "sync");
            database = Postgres.url(primary, standby);
            buyWhileEachFails(() -> {
                primary.kill();
                standby.promote();
                return null;
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MARIADB", "MYSQL"})
    void theyBuyNothingTwiceHideNothingAndKeepTheLimitWhileRedisFailsAndSoDoes(Kind kind) throws Exception {
        try (MySql server = MySql.start(kind)) {
            database = server.newDatabase();
            buyWhileEachFails(() -> {
                server.kill();
                server.restart();
                return null;
            });
        }
    }

    private void buyWhileEachFails(Callable<Void> databaseFails) throws Exception {
        try (Redis shared = Redis.start();
                Simulator server = Simulator.builder()
                        .limit(RateLimit.none())
                        .latency(Duration.ofMillis(20), Duration.ofMillis(200))
                        .start();
                Starvation starvation = new Starvation()) {
            redis = shared;
            simulator = server;
            for (int i = 0; i < PROCESSES; i++) {
                start("process-" + i, PLANS_EACH);
            }
            for (ChildJvm process : processes.values()) {
                awaitStep(process, "ready");
            }
            for (ChildJvm process : processes.values()) {
                process.say("go");
            }

            awaitCalls(40);
            redis.command(commands -> commands.flushall());
            awaitCalls(80);
            redis.sleep(2);
            awaitCalls(120);
            processes.get("process-0").kill();
            start("process-4", 0);
            awaitStep(processes.get("process-4"), "ready");
            awaitCalls(160);
            databaseFails.call();
            awaitCalls(200);
            redis.restart();

            try (CloneClient reader = Fixtures.client(simulator)
                    .journal(PassingJournal.waiting(
                            CloneJournal.jdbcBuilder(Replica.database(database))
                                    .lease(Replica.LEASE)
                                    .build(),
                            Duration.ofSeconds(20)))
                    .build()) {
                await("every chunk has an outcome", () -> pending(reader) == 0);
                finish();
                int peak = simulator.books().peak("CloneInstances", Duration.ofSeconds(1));
                System.out.printf(
                        "four processes: %d calls, peak %d; this machine was up to %d ms late%n",
                        simulator.books().arrivals("CloneInstances").size(),
                        peak,
                        starvation.worst().toMillis());
                if (starvation.worst().compareTo(ABSORBED) <= 0) {
                    assertThat(peak).isLessThanOrEqualTo(20);
                }
                for (ClonePlan plan : plans) {
                    List<ChunkOutcome> outcomes =
                            reader.clone(plan).collectList().block(PATIENCE);
                    BooksAssert.assertTruth(plan.id().value(), simulator, plan, outcomes);
                }
            }
        } finally {
            processes.values().forEach(ChildJvm::close);
        }
    }

    private void start(String name, int plansOfItsOwn) throws Exception {
        Replica.Order order = new Replica.Order(
                name,
                simulator.uri(),
                simulator.secretId(),
                simulator.secretKey(),
                redis.url(),
                database,
                PROCESSES,
                plansOfItsOwn,
                CHUNKS);
        order.planIds().forEach(id -> plans.add(Fixtures.plan(id, 30 * CHUNKS)));
        ChildJvm process = new ChildJvm(folder, SharedClasses.options(), Replica.class, order.arguments());
        process.readOn();
        processes.put(name, process);
        if (plansOfItsOwn == 0) {
            process.say("go");
        }
    }

    private void finish() throws Exception {
        processes.remove("process-0");
        for (ChildJvm process : processes.values()) {
            awaitStep(process, "submitted");
            process.say("stop");
            assertThat(process.awaitEnd()).as(process.toString()).isZero();
        }
    }

    private static int pending(CloneClient reader) {
        return reader.reports()
                .reduce(0, (sum, report) -> sum + report.pending())
                .block(PATIENCE);
    }

    private void awaitStep(ChildJvm process, String step) throws Exception {
        await(step, () -> process.steps().contains(step));
    }

    private void awaitCalls(int count) throws Exception {
        await(count + " calls", () -> simulator.books().executions().size() >= count);
    }

    private void await(String what, Callable<Boolean> fact) throws Exception {
        try {
            Program.awaitThat(what, fact);
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "; " + processes, late);
        }
    }
}
