package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.KilledBuyer.Point;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.parts.MySql;
import io.ramet.reactor.parts.MySql.Kind;
import io.ramet.simulator.Execution;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Processes that are killed, or stopped for longer than their lease, in the middle of a plan; judged by the server's
 * books. {@code -Dramet.kills} kills more often, {@code -Dramet.seed} starts chance elsewhere.
 */
@Tag("slow")
class KillTest {

    private static final int KILLS = Integer.getInteger("ramet.kills", 2);
    private static final int SEED = Integer.getInteger("ramet.seed", 1);
    /** Plans bought at the same time. */
    private static final int LANES = 3;
    /** One response in so many throttles, so that every process has something to withdraw. */
    private static final int THROTTLED = 9;

    /** The steps at which a process can be killed, each with the largest number of times that it is reached before. */
    private static final Map<String, Integer> STEPS = Map.ofEntries(
            Map.entry("before opening", 1),
            Map.entry("after opening", 1),
            Map.entry("before sending", 7),
            Map.entry("after sending", 7),
            Map.entry("bytes", 7),
            Map.entry("responded ramet-purchases", 7),
            Map.entry("before withdrawing", 1),
            Map.entry("after withdrawing", 1),
            Map.entry("reconciling", 2),
            Map.entry("responded ramet-lookups", 3),
            Map.entry("before settling", 7),
            Map.entry("after settling", 7),
            Map.entry("seen", 7),
            Map.entry("before releasing", 1),
            Map.entry("after releasing", 1));

    private static final Fault[] FAULTS = {
        Fault.close(Stage.AFTER_EXECUTING),
        Fault.reset(Stage.AFTER_EXECUTING),
        Fault.cutBody(40),
        Fault.html502(true),
        Fault.error("InternalError.InternalError", true),
        Fault.lateVisibility(Duration.ofMillis(60)).and(Fault.close(Stage.AFTER_EXECUTING)),
        Fault.lateVisibility(Duration.ofMillis(60)).and(Fault.reset(Stage.AFTER_EXECUTING)),
        Fault.reset(Stage.BEFORE_EXECUTING),
        Fault.error("ResourceUnavailable.SaleOut", false),
        Fault.throttle(),
    };

    @TempDir
    private Path folder;

    /** The URL of the journal of all plans; null if each plan has a file of its own. */
    private @Nullable String database;

    @Test
    void aProcessThatIsKilledAtAnyStepBuysNothingTwiceAndLosesNoDeal() throws Exception {
        killAtAnyStep();
    }

    @ParameterizedTest
    @EnumSource(names = {"MARIADB", "MYSQL"})
    @Tag("soak")
    void aProcessThatIsKilledAtAnyStepBuysNothingTwiceAndLosesNoDealOfAJournalIn(Kind kind) throws Exception {
        try (MySql server = MySql.start(kind)) {
            database = server.newDatabase();
            killAtAnyStep();
        }
    }

    private void killAtAnyStep() throws Exception {
        Queue<Point> points = points();
        Map<String, Integer> killed = new ConcurrentSkipListMap<>();
        AtomicInteger plans = new AtomicInteger(SEED * 1_000);
        together(Collections.nCopies(Math.min(LANES, KILLS), () -> {
            for (Point first = points.poll(); first != null; first = points.poll()) {
                assertThat(plans.get()).as("not reached: " + first).isLessThan(SEED * 1_000 + 10 + KILLS);
                plan(plans.getAndIncrement(), first, points, killed);
            }
            return null;
        }));
        System.out.println("seed " + SEED + ": killed at these steps: " + killed);
        assertThat(killed.values().stream().mapToInt(n -> n).sum()).isEqualTo(KILLS);
        assertThat(killed.size()).as("kinds of step: " + killed).isEqualTo(Math.min(KILLS, STEPS.size()));
    }

    /** As many of each kind, in any order. */
    private static Queue<Point> points() {
        Random random = new Random(SEED);
        List<Map.Entry<String, Integer>> steps = new ArrayList<>(new TreeMap<>(STEPS).entrySet());
        Collections.shuffle(steps, random);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            Map.Entry<String, Integer> step = steps.get(i % steps.size());
            points.add(new Point(step.getKey(), 1 + random.nextInt(step.getValue())));
        }
        Collections.shuffle(points, random);
        return new ConcurrentLinkedQueue<>(points);
    }

    /** Kills the processes that buy one plan, one after the other, until one of them comes to its end. */
    private void plan(int seed, Point first, Queue<Point> points, Map<String, Integer> killed) throws Exception {
        Random random = new Random(seed);
        Misbehaviour others = Misbehaviour.seeded(seed, 0.25, FAULTS);
        Misbehaviour faults = Misbehaviour.ofAction(
                "CloneInstances",
                arrival -> arrival.ordinal() % THROTTLED == THROTTLED / 2 ? Fault.throttle() : others.on(arrival));
        SimulatorBuilder server = Simulator.builder()
                .seed(seed)
                .limit(RateLimit.none())
                .threads(1)
                .latency(Duration.ofMillis(5), Duration.ofMillis(30))
                .misbehaviour(faults);
        try (Simulator simulator = server.start()) {
            Plan plan = new Plan("kill-" + seed, simulator, 200);
            Point point = first;
            while (true) {
                // Half of them stand still at that step, the others run on until the signal comes.
                boolean freeze = random.nextBoolean();
                try (ChildJvm buyer = plan.buyer(freeze ? point : Point.NEVER)) {
                    boolean reached = buyer.reaches(point);
                    if (reached) {
                        buyer.kill();
                        killed.merge(point.kind(), 1, Integer::sum);
                    }
                    plan.lived(buyer);
                    if (!reached) {
                        assertThat(buyer.steps()).as("seed %d: %s", seed, buyer).contains("done");
                        plan.assertAccounted(buyer);
                        if (!point.equals(Point.NEVER)) {
                            points.add(new Point(point.kind(), 1));
                        }
                        return;
                    }
                }
                Point next = point.kind().endsWith("releasing") ? null : points.poll();
                point = next == null ? Point.NEVER : next;
            }
        }
    }

    @Test
    @Tag("soak")
    void aProcessThatWasStoppedWithRequestsInFlightFindsItsPlanClaimed() throws Exception {
        Misbehaviour slow = Misbehaviour.ofAction(
                "CloneInstances",
                arrival -> arrival.ordinal() >= 10 && arrival.ordinal() < 18
                        ? Fault.latency(Duration.ofMillis(1_500))
                        : Fault.none());
        SimulatorBuilder server =
                Simulator.builder().seed(SEED).limit(RateLimit.none()).misbehaviour(slow);
        try (Simulator simulator = server.start()) {
            Plan plan = new Plan("stopped-on-the-way", simulator, 200);
            stopAndTakeOver(plan, 14);
        }
    }

    @Test
    @Tag("soak")
    void aProcessThatWasStoppedWithRequestsWaitingFindsItsPlanClaimed() throws Exception {
        try (Simulator simulator =
                Simulator.builder().seed(SEED).limit(RateLimit.none()).start()) {
            Plan plan = new Plan("stopped-waiting", simulator, 5);
            stopAndTakeOver(plan, 4);
        }
    }

    private static void stopAndTakeOver(Plan plan, int sendings) throws Exception {
        try (ChildJvm stopped = plan.buyer(Point.NEVER)) {
            int[] sent = {0};
            stopped.await(step -> step.startsWith("bytes ") && ++sent[0] == sendings);
            stopped.signal("STOP");
            while (plan.isLocked()) {
                // Stopped in the middle of a write: no other process can claim the plan then.
                stopped.signal("CONT");
                stopped.await(step -> step.startsWith("after "));
                stopped.signal("STOP");
            }
            try (ChildJvm second = plan.buyer(Point.NEVER)) {
                assertThat(second.awaitEnd()).as(second.toString()).isZero();
                assertThat(second.steps()).as(second.toString()).contains("done");
                stopped.signal("CONT");
                assertThat(stopped.awaitEnd()).as(stopped.toString()).isZero();
                assertThat(stopped.steps())
                        .anyMatch(step -> step.startsWith("failed JournalException")
                                && step.contains("has been taken over by another process"));
                assertThat(stopped.steps()).doesNotContain("done");
                // The books judge and not the steps: a request can be announced and withdrawn before its first byte.
                BooksAssert.assertNothingBoughtTwice("stopped and taken over", plan.simulator);
                plan.lived(stopped);
                plan.lived(second);
                plan.assertAccounted(second);
            }
        }
    }

    private static <T> List<T> together(List<Callable<T>> all) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(all.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> one : threads.invokeAll(all)) {
                results.add(one.get());
            }
            return results;
        } catch (ExecutionException failure) {
            throw new AssertionError(failure.getCause().getMessage(), failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** One plan, its journal, and every outcome that was ever emitted for it. */
    private final class Plan {
        private final ClonePlan plan;
        private final Simulator simulator;
        private final int callsPerSecond;
        private final Path home;
        private final List<String> emitted = new ArrayList<>();

        Plan(String id, Simulator simulator, int callsPerSecond) throws IOException {
            this.plan = Fixtures.plan(id, KilledBuyer.INSTANCES);
            this.simulator = simulator;
            this.callsPerSecond = callsPerSecond;
            this.home = Files.createDirectories(folder.resolve(id));
        }

        private String journal() {
            return database == null ? file() : database;
        }

        private String file() {
            return home.resolve("journal.db").toString();
        }

        ChildJvm buyer(Point freezeAt) throws IOException, InterruptedException {
            KilledBuyer.Order order = new KilledBuyer.Order(
                    simulator.uri(),
                    simulator.secretId(),
                    simulator.secretKey(),
                    journal(),
                    plan.id().value(),
                    callsPerSecond,
                    freezeAt);
            return new ChildJvm(home, SharedClasses.options(2 * KILLS), KilledBuyer.class, order.arguments());
        }

        void lived(ChildJvm buyer) {
            outcomes(buyer).forEach(emitted::add);
        }

        private static Stream<String> outcomes(ChildJvm buyer) {
            return buyer.steps().stream().filter(step -> step.startsWith("seen "));
        }

        boolean isLocked() throws SQLException {
            try (Connection connection = KilledBuyer.file(file()).getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout=0");
                statement.execute("BEGIN EXCLUSIVE");
                statement.execute("ROLLBACK");
                return false;
            } catch (SQLException locked) {
                return true;
            }
        }

        void assertAccounted(ChildJvm last) throws SQLException {
            try {
                compare(last);
            } catch (AssertionError wrong) {
                System.out.println(plan.id() + ": the last process: " + last);
                throw wrong;
            }
        }

        /** Compares the journal with the books, and the outcomes that were emitted with the journal. */
        private void compare(ChildJvm last) throws SQLException {
            String label = plan.id().value();
            CloneJournal journal = CloneJournal.jdbc(KilledBuyer.database(journal()));
            List<ChunkOutcome> outcomes = journal.outcomes(plan.id(), 0)
                    .map(PlacedOutcome::outcome)
                    .collectList()
                    .block(Fixtures.PATIENCE);
            journal.close();
            BooksAssert.assertTruth(label, simulator, plan, outcomes);
            Map<String, ChunkOutcome> byName = outcomes.stream()
                    .collect(Collectors.toMap(outcome -> outcome.chunk().instanceName(), Function.identity()));
            for (Execution bought : simulator.books().executions()) {
                ChunkOutcome outcome = byName.get(bought.instanceName());
                assertThat(outcome).as(label + ": " + bought).isInstanceOfAny(Cloned.class, InDoubt.class);
                if (outcome instanceof Cloned cloned) {
                    assertThat(cloned.deal().instanceIds())
                            .as(label)
                            .containsExactlyInAnyOrderElementsOf(bought.instanceIds());
                }
            }
            List<String> durable = outcomes.stream().map(KilledBuyer::emitted).toList();
            // A run that begins after the visibility lag sends a refused chunk again: on a slow machine one does.
            assertThat(durable)
                    .as(label + ": every outcome that was emitted")
                    .containsAll(emitted.stream()
                            .filter(outcome -> !outcome.endsWith(" refused"))
                            .toList());
            assertThat(outcomes(last)).as(label + ": emitted at the end").containsExactlyInAnyOrderElementsOf(durable);
        }
    }
}
