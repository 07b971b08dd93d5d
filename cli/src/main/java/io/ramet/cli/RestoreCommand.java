package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.model.UndoOutcome.Result;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts the instances that an undo has isolated. */
@Command(
        name = "restore",
        description =
                "Starts the instances of a plan that undo has isolated, while they are in the recycle bin. They cost money "
                        + "again. Prepaid instances are kept as they are: starting one buys a renewal.",
        exitCodeList = {
            "0:all run, or will within minutes",
            Meanings.UNEXPECTED,
            "2:usage, or there is no such plan or journal: nothing was sent",
            "3:some were kept, refused, or are not listed; or a look-up failed",
            "4:some are in doubt",
            Meanings.NO_ACCESS,
            Meanings.HELD_ELSEWHERE,
            Meanings.JOURNAL_UNUSABLE
        })
final class RestoreCommand implements Callable<Integer> {

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Option(names = "--output", paramLabel = "text|ndjson", description = "The form of standard output. Default: text.")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    @Mixin
    private LookupOptions options = new LookupOptions();

    @ArgGroup(validate = false, order = 30, heading = "%nJournal:%n")
    private JournalOptions journal = new JournalOptions();

    RestoreCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PlanReport stored = journal.find(context, PlanId.of(planId));
        try (CloneClient client = options.client(context, stored.plan(), journal)) {
            return new UndoLines(context, output)
                    .print(
                            client.restore(stored.plan().id()),
                            Set.of(Result.RESTORED, Result.ALREADY_RUNNING),
                            "Restored");
        } finally {
            options.close();
        }
    }
}
