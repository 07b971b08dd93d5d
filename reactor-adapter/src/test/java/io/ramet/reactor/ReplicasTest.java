package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.simulator.Arrival;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/**
 * Replicas in JVMs of their own, which share a limit in a real Redis and a journal in a real PostgreSQL; judged by the
 * server's books. {@code -Dramet.replicas} makes the plans so many times as long and disturbs them as often, {@code
 * -Dramet.seed} starts chance elsewhere.
 */
class ReplicasTest {

    private static final int TIMES = Integer.getInteger("ramet.replicas", 1);
    private static final int SEED = Integer.getInteger("ramet.seed", 1);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** The jitter that the shaper absorbs on the way to the server. */
    private static final Duration ABSORBED = Duration.ofMillis(25);

    private static EmbeddedPostgres postgres;
    private static int databases;

    @TempDir
    private Path folder;

    private Simulator simulator;
    private RedisServer redis;
    private String database;
    private int replicaCount;
    private int chunks;
    private final Map<String, ChildJvm> replicas = new ConcurrentHashMap<>();
    private final List<Started> started = new CopyOnWriteArrayList<>();
    private final List<ClonePlan> plans = new ArrayList<>();

    private record Started(String name, ChildJvm jvm) {}

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        postgres.close();
    }

    @AfterEach
    public void stop() throws IOException {
        started.forEach(replica -> replica.jvm().close());
        if (redis != null) {
            redis.stop();
        }
    }

    @Test
    @Tag("soak")
    void fourReplicasKeepTheLimitTogetherAndFinishAllTheirPlans() throws Exception {
        chunks = 3 * TIMES;
        int calls = 4 * 4 * chunks;
        SimulatorBuilder server = Simulator.builder()
                .seed(SEED)
                .limit(RateLimit.slidingWindow(20))
                .latency(Duration.ofMillis(20), Duration.ofMillis(80));
        try (Simulator simulator = server.start();
                Starvation starvation = new Starvation()) {
            begin(simulator, 4);
            for (int i = 0; i < 4; i++) {
                start("replica-" + i, 4);
            }
            go();
            awaitThat("all settled", this::allSettled);
            finish();
            List<Arrival> arrivals = simulator.books().arrivals("CloneInstances");
            long first = arrivals.get(0).nanoTime();
            double took = (arrivals.get(arrivals.size() - 1).nanoTime() - first) / 1e9;
            int peak = simulator.books().peak("CloneInstances", Duration.ofSeconds(1));
            System.out.printf(
                    "four replicas, %d calls in %.1f s, %.2f of the ideal; peak %d, throttled %d; this machine was up to %d ms"
                            + " late%n",
                    arrivals.size(),
                    took,
                    took / ((calls - 1) / 20.0),
                    peak,
                    simulator.books().throttled(),
                    starvation.worst().toMillis());
            plans.forEach(this::judge);
            assertThat(simulator.books().bought()).isEqualTo(30 * calls);
            if (starvation.worst().compareTo(ABSORBED) <= 0) {
                assertThat(peak).isLessThanOrEqualTo(20);
            }
        }
    }

    @Test
    @Tag("soak")
    void replicasThatAreKilledAndPausedAndCutOffBuyNothingTwiceAndLoseNothing() throws Exception {
        chunks = 8 * TIMES;
        SimulatorBuilder server = Simulator.builder()
                .seed(SEED)
                .limit(RateLimit.slidingWindow(20))
                .latency(Duration.ofMillis(20), Duration.ofMillis(300))
                .misbehaviour(Misbehaviour.seeded(
                        SEED, 0.05, Fault.reset(Stage.AFTER_EXECUTING), Fault.throttle(), Fault.html502(true)));
        try (Simulator simulator = server.start();
                Starvation starvation = new Starvation()) {
            begin(simulator, 4);
            for (int i = 0; i < 3; i++) {
                start("replica-" + i, 3);
            }
            go();
            for (ChildJvm replica : replicas.values()) {
                awaitThat("submitted", () -> replica.steps().contains("submitted"));
            }
            Random random = new Random(SEED);
            for (int round = 0; round < TIMES; round++) {
                disturb(random);
            }
            awaitThat("all settled", this::allSettled);
            finish();
            int peak = simulator.books().peak("CloneInstances", Duration.ofSeconds(1));
            System.out.printf(
                    "seed %d, disturbed %d times: %d calls, taken over %s; peak %d, throttled %d; this machine was up to %d ms"
                            + " late%n",
                    SEED,
                    TIMES,
                    simulator.books().arrivals("CloneInstances").size(),
                    takenOver(),
                    peak,
                    simulator.books().throttled(),
                    starvation.worst().toMillis());
            plans.forEach(this::judge);
            assertThat(takenOver()).isNotEmpty();
            if (starvation.worst().compareTo(ABSORBED) <= 0) {
                assertThat(peak).isLessThanOrEqualTo(20);
            }
        }
    }

    /**
     * One replica is killed and started again, one paused past its lease, and both engines fail, each at its own
     * instant.
     */
    private void disturb(Random random) throws Exception {
        List<String> names = List.copyOf(replicas.keySet());
        String victim = names.get(random.nextInt(names.size()));
        String sleeper = names.get(random.nextInt(names.size()));
        long nap = Replica.LEASE.toMillis() + 500 + random.nextInt(1_000);
        long outage = 200 + random.nextInt(1_000);
        List<Callable<Void>> disturbances = List.of(
                () -> {
                    replicas.get(victim).kill();
                    start(victim, 0);
                    return null;
                },
                () -> {
                    replicas.get(sleeper).signal("STOP");
                    Thread.sleep(nap);
                    replicas.get(sleeper).signal("CONT");
                    return null;
                },
                () -> {
                    redis.stop();
                    Thread.sleep(outage);
                    redis.start();
                    return null;
                },
                () -> {
                    execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'replica'");
                    return null;
                });
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(disturbances.size());
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (Callable<Void> disturbance : disturbances) {
                all.add(threads.schedule(disturbance, random.nextInt(1_500), TimeUnit.MILLISECONDS));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** {@return the plans that were sent for by another replica than the one that had submitted them} */
    private Set<String> takenOver() {
        return started.stream()
                .flatMap(replica -> replica.jvm().steps().stream()
                        .filter(step -> step.startsWith("bytes "))
                        .map(step -> step.split(" ")[1])
                        .filter(plan -> !plan.startsWith(replica.name())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void begin(Simulator server, int count) throws Exception {
        simulator = server;
        replicaCount = count;
        database = "replicas_" + ++databases;
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        }
        redis = RedisServer.newRedisServer()
                .port(freePort())
                .setting("save \"\"")
                .build();
        redis.start();
    }

    /** A replica that submits this many plans when it is signalled to. */
    private void start(String name, int plansOfItsOwn) throws Exception {
        Replica.Order order = new Replica.Order(
                name,
                simulator.uri(),
                simulator.secretId(),
                simulator.secretKey(),
                "redis://127.0.0.1:" + redis.ports().get(0),
                postgres.getJdbcUrl("postgres", database),
                replicaCount,
                plansOfItsOwn,
                chunks);
        order.planIds().forEach(id -> plans.add(Fixtures.plan(id, 30 * chunks)));
        ChildJvm replica = new ChildJvm(folder, SharedClasses.options(), Replica.class, order.arguments());
        replica.readOn();
        replicas.put(name, replica);
        started.add(new Started(name, replica));
        if (plansOfItsOwn == 0) {
            replica.say("go");
        }
    }

    private void go() throws Exception {
        for (ChildJvm replica : replicas.values()) {
            awaitThat("ready", () -> replica.steps().contains("ready"));
        }
        for (ChildJvm replica : replicas.values()) {
            replica.say("go");
        }
    }

    private void finish() throws Exception {
        for (ChildJvm replica : replicas.values()) {
            awaitThat("submitted", () -> replica.steps().contains("submitted"));
            replica.say("stop");
            assertThat(replica.awaitEnd()).as(replica.toString()).isZero();
            report(replica);
        }
    }

    private static void report(ChildJvm replica) {
        replica.steps().stream().filter(step -> step.startsWith("permits ")).forEach(System.out::println);
    }

    private void awaitThat(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + what + "; " + replicas);
            }
            Thread.sleep(50);
        }
    }

    private boolean allSettled() throws SQLException {
        int wanted = plans.size() * chunks;
        try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM ramet_chunk WHERE place IS NOT NULL")) {
            return row.next() && row.getInt(1) >= wanted;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The journal against the books. */
    private void judge(ClonePlan plan) {
        CloneJournal journal = CloneJournal.jdbc(postgres.getDatabase("postgres", database));
        List<ChunkOutcome> outcomes = journal.outcomes(plan.id(), 0)
                .map(PlacedOutcome::outcome)
                .collectList()
                .block(Fixtures.PATIENCE);
        journal.close();
        String label = plan.id().value();
        BooksAssert.assertTruth(label, simulator, plan, outcomes);
        for (ChunkOutcome outcome : outcomes) {
            List<String> bought = simulator.books().instanceIds(outcome.chunk().instanceName());
            if (!bought.isEmpty()) {
                assertThat(outcome).as(label).isInstanceOfAny(Cloned.class, InDoubt.class);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
