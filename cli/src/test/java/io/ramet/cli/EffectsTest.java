package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No command buys but those that say so, and none destroys but an undo. The simulator's books are the judge. */
@Timeout(120)
class EffectsTest {

    private static final Set<String> WITH_EFFECT = Set.of("clone", "resume", "undo", "restore");
    /** They make no client. The first one serves until it is stopped. */
    private static final Set<String> WITHOUT_CLIENT = Set.of("simulate", "help", "generate-completion");

    private static final String REQUEST =
            " --region=ap-guangzhou --goods-num=60 --billing=payg " + String.join(" ", Fixtures.REQUEST);

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private final Session session = Session.withKeyOf(simulator);

    @Test
    void noOtherCommandBuysOrDestroys() {
        // A purchase that was made, one in doubt and a refused one: everything that a command could be tempted by.
        simulator.misbehave(Misbehaviour.scripted(
                Fault.none(),
                Fault.reset(Fault.Stage.BEFORE_EXECUTING),
                Fault.error("ResourceUnavailable.SaleOut", false)));
        session.clone(
                simulator,
                "--goods-num=90",
                "--billing=payg",
                "--yes",
                "--plan-id=order-1",
                "--max-in-flight=1",
                "--reconcile-for=0s",
                "--audit-for=0s");
        int executions = simulator.books().executions().size();
        String here = " --endpoint=" + simulator.uri();
        List<String> commands = List.of(
                "backups crs-source12 --region=ap-guangzhou" + here,
                "plan --skeleton --from=crs-source12 --region=ap-guangzhou" + here,
                "plan" + REQUEST + here,
                "price" + REQUEST + here,
                "preflight" + REQUEST + here,
                "verify" + REQUEST + here,
                "wait order-1 --wait-for=1s" + here,
                "instances order-1" + here,
                "report order-1",
                "reconcile order-1" + here,
                "whoami --sts=" + simulator.uri());
        Set<String> all = new TreeSet<>(WITH_EFFECT);
        all.addAll(WITHOUT_CLIENT);

        for (String command : commands) {
            Session next = session.next();
            assertThat(next.run(command.split(" "))).as(command + next.err()).isNotEqualTo(ExitCode.USAGE);
            all.add(command.split(" ")[0]);
        }

        assertThat(executions).isPositive();
        assertThat(simulator.books().executions()).hasSize(executions);
        assertThat(simulator.books().changes()).isEmpty();
        assertThat(Ramet.commandLine(session.context()).getSubcommands().keySet())
                .as("a new command needs a place in this test")
                .containsExactlyInAnyOrderElementsOf(all);
    }
}
