package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.KilledBuyer.Order;
import io.ramet.reactor.KilledBuyer.Point;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanUndoneException;
import io.ramet.simulator.Fault;
import io.ramet.simulator.InstanceChange;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed in the middle of an undo; judged by the server's books. */
class UndoKillTest {

    private static final int UNDOS = Integer.getInteger("ramet.undos", 1);
    private static final int SEED = Integer.getInteger("ramet.seed", 1);
    private static final List<String> KINDS = List.of("begun", "responded", "reported");

    @TempDir
    private Path folder;

    @Test
    @Tag("soak")
    void anUndoThatIsKilledAtAnyStepIsResumedAndItsPlanBuysNoMore() throws Exception {
        undo(SEED, List.of(new Point("begun", 3), new Point("responded", 4), new Point("reported", 5)));
    }

    @Test
    @Tag("soak")
    void anUndoThatIsKilledAgainAndAgainIsResumed() throws Exception {
        for (int seed = SEED; seed < SEED + UNDOS; seed++) {
            Random random = new Random(seed);
            undo(
                    seed,
                    Stream.generate(() -> new Point(KINDS.get(random.nextInt(KINDS.size())), 1 + random.nextInt(9)))
                            .limit(6)
                            .toList());
        }
    }

    private void undo(int seed, List<Point> kills) throws Exception {
        ClonePlan plan = Fixtures.plan("undo-" + seed, 60);
        String file = folder.resolve("journal-" + seed + ".db").toString();
        try (Simulator simulator =
                        Simulator.builder().seed(seed).limit(RateLimit.none()).start();
                CloneJournal journal = CloneJournal.jdbc(KilledBuyer.file(file));
                CloneClient client = Fixtures.client(simulator).journal(journal).build()) {
            // The refused chunk is what a run of the plan would buy.
            simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.error("InvalidParameterValue", false)));
            client.clone(plan).blockLast(PATIENCE);
            Set<String> own = Set.copyOf(simulator.books().instanceIds());
            client.clone(Fixtures.plan("other", 30)).blockLast(PATIENCE);
            int requests = simulator.books().arrivals("CloneInstances").size();
            for (Point point : kills) {
                try (ChildJvm child = child(simulator, file, plan, own.size(), point)) {
                    child.await(step -> step.equals("done") || isAt(point, child));
                    child.kill();
                    judge(simulator, own, child);
                }
            }
            try (ChildJvm last = child(simulator, file, plan, own.size(), Point.NEVER)) {
                assertThat(last.awaitEnd()).as(last.toString()).isZero();
                judge(simulator, own, last);
                assertThat(last.steps()).as(last.toString()).contains("done");
                assertThat(last.steps().stream().filter(UndoKillTest::isIsolated))
                        .as(last.toString())
                        .hasSize(own.size());
            }
            assertThat(destroyed(simulator)).containsExactlyInAnyOrderElementsOf(own);
            assertThat(client.recover().collectList().block(PATIENCE)).isEmpty();
            assertThatThrownBy(() -> client.clone(plan).blockLast(PATIENCE)).isInstanceOf(PlanUndoneException.class);
            assertThat(simulator.books().arrivals("CloneInstances")).hasSize(requests);
        }
    }

    private ChildJvm child(Simulator simulator, String file, ClonePlan plan, int instances, Point freezeAt)
            throws Exception {
        Order order = new Order(
                simulator.uri(),
                simulator.secretId(),
                simulator.secretKey(),
                file,
                plan.id().value(),
                20,
                freezeAt);
        String[] arguments = Stream.concat(Stream.of(order.arguments()), Stream.of(String.valueOf(instances)))
                .toArray(String[]::new);
        return new ChildJvm(folder, SharedClasses.options(), KilledUndo.class, arguments);
    }

    private static boolean isAt(Point point, ChildJvm child) {
        return child.steps().stream()
                        .filter(step -> KilledUndo.kindOf(step).equals(point.kind()))
                        .count()
                == point.n();
    }

    private static void judge(Simulator simulator, Set<String> own, ChildJvm child) {
        List<String> destroyed = destroyed(simulator);
        assertThat(destroyed).as(child.toString()).doesNotHaveDuplicates();
        assertThat(own).as(child.toString()).containsAll(destroyed);
        assertThat(destroyed)
                .as(child.toString())
                .containsAll(child.steps().stream()
                        .filter(UndoKillTest::isIsolated)
                        .map(step -> step.split(" ")[1])
                        .toList());
    }

    private static boolean isIsolated(String step) {
        return step.startsWith("reported: ") && step.endsWith("ISOLATED");
    }

    private static List<String> destroyed(Simulator simulator) {
        return simulator.books().destructions().stream()
                .map(InstanceChange::instanceId)
                .toList();
    }
}
