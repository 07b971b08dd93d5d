package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A purchase that is returned, and restored. The simulator's books say what was destroyed. */
@Timeout(60)
class UndoCommandTest {

    private final Simulator simulator = Simulator.start();
    private final Session session = Session.withKeyOf(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void theNumberThatIsTypedReturnsWhatThePlanHasBoughtAndNothingElse() {
        buy("order-1", "--billing=payg", "--goods-num=35");
        buy("order-2", "--billing=payg", "--goods-num=2");
        Session undo = session.next().atTerminal("35\n");

        assertThat(undo.run("undo", "order-1", endpoint(), "--output=text")).isZero();

        assertThat(undo.err()).contains("and 15 more", "Type the number", "Returned: 35 of 35");
        assertThat(undo.out().lines()).hasSize(35).allMatch(line -> line.startsWith("isolated          crs-"));
        assertThat(simulator.books().destructions()).hasSize(35);
        assertThat(simulator
                        .books()
                        .destructionsOutside(bought -> bought.instanceName().contains("order-1")))
                .isEmpty();
        assertThat(simulator.books().alarms()).isEmpty();
    }

    @Test
    void theCommandsThatItPrintsListAndRestoreFromTheSameJournal() {
        String journal = "--journal=" + Session.newState().resolve("an order's.db");
        buy("order-1", "--billing=payg", "--goods-num=21", journal);
        Session undo = session.next().atTerminal("21\n");

        assertThat(undo.run("undo", "order-1", endpoint(), "--output=text", journal))
                .isZero();

        Session listed = session.next();
        assertThat(listed.run(undo.printed("ramet instances"))).isZero();
        assertThat(listed.out().lines().skip(1)).hasSize(21);
        assertThat(session.run(undo.printed("ramet restore"))).isZero();
        assertThat(session.err()).contains("Restored: 21 of 21");
    }

    @Test
    void aPlanThatAKilledUndoHoldsIsRestoredOnceItsLeaseHasEnded() {
        Path file = Session.newState().resolve("killed.db");
        String journal = "--journal=" + file;
        buy("order-1", "--billing=payg", "--goods-num=2", journal);
        assertThat(session.run("undo", "order-1", endpoint(), "--yes", "--count=2", journal))
                .isZero();
        CloneJournal killed = Fixtures.journal(file, Duration.ofSeconds(6));
        killed.openToUndo(PlanId.of("order-1"), "ap-guangzhou").block(Duration.ofSeconds(20));
        killed.close();

        assertThat(session.run("restore", "order-1", endpoint(), journal)).isZero();

        assertThat(session.err()).contains("Restored: 2 of 2");
    }

    @Test
    void anotherNumberOrNoTerminalSendsNothing() {
        buy("order-1", "--billing=payg", "--goods-num=2");

        for (String typed : List.of("3\n", "y\n", "\n", "")) {
            assertThat(session.next().atTerminal(typed).run("undo", "order-1", endpoint()))
                    .isEqualTo(2);
        }
        assertThat(session.next().run("undo", "order-1", endpoint())).isEqualTo(2);
        assertThat(session.next().run("undo", "order-1", endpoint(), "--yes", "--count=3"))
                .isEqualTo(2);
        assertThat(session.next().run("undo", "order-1", endpoint(), "--yes")).isEqualTo(2);
        assertThat(session.next().run("undo", "order-3", endpoint(), "--yes", "--count=2"))
                .isEqualTo(2);

        assertThat(simulator.books().destructions()).isEmpty();
    }

    @Test
    void prepaidInstancesNeedASecondConsent() {
        buy("order-1", "--billing=monthly", "--period=1", "--goods-num=2");
        Session half = session.next().atTerminal("2\n\n");
        Session options = session.next();
        Session whole = session.next().atTerminal("2\ny\n");

        assertThat(half.run("undo", "order-1", endpoint())).isEqualTo(2);
        assertThat(options.run("undo", "order-1", endpoint(), "--yes", "--count=2"))
                .isEqualTo(2);
        assertThat(simulator.books().destructions()).isEmpty();
        assertThat(whole.run("undo", "order-1", endpoint())).isZero();

        assertThat(half.err()).contains("Refunds are limited", "Nothing was sent.");
        assertThat(options.err()).contains("--prepaid");
        assertThat(simulator.books().destructions()).hasSize(2);
    }

    @Test
    void anUndonePlanIsNotBoughtAgainUntilItIsRestored() {
        buy("order-1", "--billing=payg", "--goods-num=2");
        assertThat(session.run("undo", "order-1", endpoint(), "--yes", "--count=2"))
                .isZero();

        assertThat(session.run("resume", "order-1", endpoint())).isEqualTo(2);
        Session listed = session.next();
        assertThat(listed.run("instances", "order-1", endpoint())).isZero();
        assertThat(listed.out()).contains("isolated");

        Session restored = session.next();
        assertThat(restored.run("restore", "order-1", endpoint(), "--output=ndjson"))
                .isZero();
        assertThat(restored.json())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.get("result").asString()).isEqualTo("restored"));
        assertThat(restored.err()).contains("Restored: 2 of 2");
        assertThat(session.run("resume", "order-1", endpoint())).isZero();
        assertThat(simulator.books().bought()).isEqualTo(2);
    }

    @Test
    void aRefusedInstanceIsExitCodeThreeAndTheSameCommandContinues() {
        buy("order-1", "--billing=payg", "--goods-num=2");
        simulator.misbehave(Misbehaviour.scripted(
                "DestroyPostpaidInstance", Fault.error("ResourceUnavailable.InstanceStatusError", false)));

        Session first = session.next();
        assertThat(first.run("undo", "order-1", endpoint(), "--yes", "--count=2", "--output=ndjson"))
                .isEqualTo(3);
        assertThat(first.json())
                .extracting(line -> line.get("result").asString())
                .containsExactlyInAnyOrder("isolated", "refused");

        Session second = session.next();
        assertThat(second.run("undo", "order-1", endpoint(), "--yes", "--count=2", "--output=ndjson"))
                .isZero();
        List<JsonNode> lines = second.json();
        assertThat(lines)
                .extracting(line -> line.get("result").asString())
                .containsExactlyInAnyOrder("isolated", "already-isolated");
        assertThat(simulator.books().destructions()).hasSize(2);
    }

    @Test
    void theInstancesOfAChunkInDoubtAreCountedAndAreExitCodeFour() {
        simulator.misbehave(Misbehaviour.scripted(Fault.none(), Fault.reset(Fault.Stage.AFTER_EXECUTING)));
        String journal = "--journal=" + Session.newState().resolve("journal.db");
        assertThat(session.clone(
                        simulator,
                        "--yes",
                        "--plan-id=order-1",
                        "--billing=payg",
                        "--goods-num=60",
                        "--max-in-flight=1",
                        "--reconcile-for=0s",
                        "--audit-for=0s",
                        journal))
                .isEqualTo(4);

        Session part = session.next();
        assertThat(part.run("undo", "order-1", endpoint(), "--yes", "--count=30", journal))
                .isEqualTo(4);
        assertThat(part.err()).contains("Returned: 30 of 30", "Not returned: 30 instances in doubt");
        assertThat(session.run(part.printed("ramet reconcile"))).isZero();
        assertThat(session.next().atTerminal("60\n").run(part.printed("ramet undo")))
                .isZero();

        assertThat(simulator.books().destructions()).hasSize(60);
    }

    private String endpoint() {
        return "--endpoint=" + simulator.uri();
    }

    private void buy(String plan, String... more) {
        assertThat(session.clone(
                        simulator,
                        Stream.concat(
                                        Stream.of("--yes", "--plan-id=" + plan, "--instance-name=" + plan),
                                        Stream.of(more))
                                .toArray(String[]::new)))
                .isZero();
    }
}
