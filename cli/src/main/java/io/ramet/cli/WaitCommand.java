package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits until the instances of a plan run. */
@Command(
        name = "wait",
        description =
                "Waits until the instances that a plan has bought run, and prints each of them once: it runs, has failed, or did "
                        + "not run in time. Buys nothing. It may be started while the plan is being bought, and again after an "
                        + "interruption.",
        exitCodeList = {
            "0:the whole plan was bought, and all of its instances run",
            "1:unexpected, or standard output could not be written",
            "2:usage, or there is no such plan or journal",
            "3:some instances have failed, or were not bought; or a look-up failed",
            "4:some instances did not run in time, or are in doubt",
            Meanings.NO_ACCESS,
            "7:the journal cannot be used"
        })
final class WaitCommand implements Callable<Integer> {

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Option(
            names = "--wait-for",
            paramLabel = "TIME",
            description = "How long to wait. Default: ${DEFAULT-VALUE}.",
            defaultValue = "60m")
    private Duration longest = Duration.ZERO;

    @Option(
            names = "--output",
            paramLabel = "ndjson|text",
            description = "The form of standard output. Default: ${DEFAULT-VALUE}.",
            defaultValue = "ndjson")
    private OutcomeLines.Form output = OutcomeLines.Form.ndjson;

    @Mixin
    private LookupOptions options = new LookupOptions();

    @ArgGroup(validate = false, order = 30, heading = "%nJournal:%n")
    private JournalOptions journal = new JournalOptions();

    WaitCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PlanReport stored = journal.find(context, PlanId.of(planId));
        try (CloneClient client = options.client(context, stored.plan(), journal)) {
            int code = new InstanceWait(context, longest, output.instances())
                    .through(client, stored.plan().id(), stored.expected());
            CloneReport report =
                    client.report(stored.plan().id()).blockOptional().orElseThrow();
            return ExitCode.of(report, code);
        } finally {
            options.close();
        }
    }
}
