package io.ramet.reactor.chaos;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ramet.error.RunFailure;
import io.ramet.model.UndoOutcome;
import io.ramet.model.UndoOutcome.Result;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.FastForwardScheduler;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.chaos.LyingDatabase.Trouble;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.lookup.UndoConfirmation;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.InstanceChange;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * An undo whose journal fails, reports failures of what it has committed, loses rows, or is restored to an older state,
 * and whose responses are lost: the simulator's books judge. {@code -Dramet.undoSeeds=N} runs more seeds, {@code -Dramet.seed=N} one.
 */
@Tag("slow")
class UndoChaosTest {

    private static final int SEEDS = Integer.getInteger("ramet.undoSeeds", 2);
    private static final Integer ONLY = Integer.getInteger("ramet.seed");
    private static final int MOST_UNDOS = 300;
    private static final Duration LEASE = Duration.ofSeconds(4);

    private static final Fault[] FAULTS = {
        Fault.close(Stage.AFTER_EXECUTING),
        Fault.reset(Stage.BEFORE_EXECUTING),
        Fault.error("InternalError", true),
        Fault.error("UnauthorizedOperation.NoCAMAuthed", false),
        Fault.garbage(true),
        Fault.throttle(),
    };

    private final Logger log = (Logger) LoggerFactory.getLogger("io.ramet");
    private final FastForwardScheduler time = new FastForwardScheduler(20);
    /** Slower, because a connection must be there within ten seconds of it. */
    private final FastForwardScheduler journalTime = new FastForwardScheduler(4);

    @TempDir
    private Path folder;

    @BeforeEach
    void expectFailures() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void resetLevel() {
        log.setLevel(null);
    }

    @Test
    void eachReportIsTrueAndThePlanBuysNoMoreWhateverTheJournalDoes() throws Exception {
        undoEach(false);
    }

    @Test
    void eachReportIsTrueAfterTheJournalIsRestoredToAnyState() throws Exception {
        undoEach(true);
    }

    private void undoEach(boolean restored) throws Exception {
        for (int seed = ONLY == null ? 0 : ONLY; seed < (ONLY == null ? SEEDS : ONLY + 1); seed++) {
            try {
                undo(seed, restored);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + " (-Dramet.seed=" + seed + ")", failure);
            }
        }
    }

    private void undo(int seed, boolean restored) throws Exception {
        Random random = new Random(seed);
        LyingDatabase database = new LyingDatabase(
                Files.createDirectories(folder.resolve("seed-" + seed)),
                random,
                restored,
                () -> journalTime.clock().getAsLong() / 1_000_000);
        SimulatorBuilder builder = Simulator.builder().seed(seed).limit(RateLimit.none());
        List.of("DescribeInstances", "DestroyPostpaidInstance")
                .forEach(action -> builder.limit(action, RateLimit.none()));
        ClonePlan plan = Fixtures.plan("undone", 50);
        try (Simulator simulator = builder.start();
                CloneJournal journal = CloneJournal.jdbcBuilder(database.source(() -> true))
                        .lease(LEASE)
                        .time(journalTime, journalTime.clock())
                        .build();
                CloneClient client = Fixtures.client(simulator)
                        .journal(journal)
                        .auditFor(Duration.ZERO)
                        // Fifteen seconds of the real time.
                        .callTimeout(Duration.ofMinutes(5))
                        .time(time, time.clock())
                        .build()) {
            // The refused chunk is what a run of the plan would buy.
            simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.error("InvalidParameterValue", false)));
            client.clone(plan).blockLast(PATIENCE);
            Set<String> own = Set.copyOf(simulator.books().instanceIds());
            client.clone(Fixtures.plan("other", 30)).blockLast(PATIENCE);
            database.keepWhatIsCommitted();
            simulator.misbehave(Misbehaviour.seeded(seed, 0.2, FAULTS));
            for (Trouble trouble : Trouble.values()) {
                database.chance(trouble, random.nextDouble(0.06));
            }
            List<UndoOutcome> outcomes = List.of();
            for (int undos = 1;
                    outcomes.size() < own.size() || !outcomes.stream().allMatch(UndoOutcome::isIsolated);
                    undos++) {
                assertThat(undos).as("it ends: " + outcomes).isLessThan(MOST_UNDOS);
                if (undos % 3 == 0 && !restored) {
                    database.loseRow("ramet_undo", "instance_id");
                }
                Consumer<UndoOutcome> restoring = outcome -> {
                    if (restored && random.nextInt(20) == 0) {
                        database.failOver(random.nextInt(30));
                    }
                };
                outcomes = undo(client, plan, own.size(), restoring);
                judge(simulator, own, outcomes);
                // Restored to a state before the undo, the journal does not know that the plan was undone.
                if (!restored && !destroyed(simulator).isEmpty()) {
                    assertBuysNothing(client, plan, simulator);
                }
            }
            assertThat(destroyed(simulator)).containsExactlyInAnyOrderElementsOf(own);
            database.heal();
        }
    }

    /** {@return the outcomes until the journal failed, after the lease of an undo that could not release the plan} */
    private List<UndoOutcome> undo(CloneClient client, ClonePlan plan, int instances, Consumer<UndoOutcome> then) {
        List<UndoOutcome> outcomes = new ArrayList<>();
        client.undo(plan.id(), UndoConfirmation.of(plan.id(), instances))
                .doOnNext(outcomes::add)
                .doOnNext(then)
                .onErrorResume(
                        RunFailure.class,
                        failure -> Mono.delay(LEASE.plusSeconds(1), journalTime).then(Mono.empty()))
                .blockLast(PATIENCE);
        return outcomes;
    }

    private static void assertBuysNothing(CloneClient client, ClonePlan plan, Simulator simulator) {
        int before = simulator.books().arrivals("CloneInstances").size();
        client.clone(plan).onErrorComplete(RunFailure.class).blockLast(PATIENCE);
        assertThat(simulator.books().arrivals("CloneInstances"))
                .as("a plan that is being undone buys no more")
                .hasSize(before);
    }

    private static void judge(Simulator simulator, Set<String> own, List<UndoOutcome> outcomes) {
        List<String> destroyed = destroyed(simulator);
        assertThat(destroyed).as("returned, each once and the plan's own").doesNotHaveDuplicates();
        assertThat(own).containsAll(destroyed);
        for (UndoOutcome outcome : outcomes) {
            if (outcome.isIsolated()) {
                assertThat(destroyed).as(outcome.toString()).contains(outcome.instanceId());
            } else if (outcome.result() == Result.REFUSED) {
                assertThat(destroyed).as(outcome.toString()).doesNotContain(outcome.instanceId());
            }
        }
    }

    private static List<String> destroyed(Simulator simulator) {
        return simulator.books().destructions().stream()
                .map(InstanceChange::instanceId)
                .toList();
    }
}
