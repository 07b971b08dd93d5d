package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the instances that a plan has bought. */
@Command(
        name = "instances",
        description = "Lists the instances that a plan has bought, with their state and address as they are now.",
        exitCodeList = {
            "0:the instances were listed, whatever their state",
            "1:unexpected, or standard output could not be written",
            "2:usage, or there is no such plan or journal",
            "3:the look-up failed",
            Meanings.NO_ACCESS,
            "7:the journal cannot be used"
        })
final class InstancesCommand implements Callable<Integer> {

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Option(
            names = "--output",
            paramLabel = "table|ndjson|csv",
            description = "The form of standard output. Default: table.")
    private InstanceForm output = InstanceForm.table;

    @Mixin
    private LookupOptions options = new LookupOptions();

    @ArgGroup(validate = false, order = 30, heading = "%nJournal:%n")
    private JournalOptions journal = new JournalOptions();

    InstancesCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PlanReport stored = journal.find(context, PlanId.of(planId));
        try (CloneClient client = options.client(context, stored.plan(), journal)) {
            output.lines(
                            client.lookups().instances(stored.plan().id()),
                            context.out().columns())
                    .doOnNext(context.out()::println)
                    .blockLast();
            return ExitCode.ALL_CLONED;
        } finally {
            options.close();
        }
    }
}
