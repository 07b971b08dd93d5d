package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.model.InstanceState;
import io.ramet.model.UndoOutcome.Result;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.lookup.UndoConfirmation;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Returns the instances that a plan has bought. */
@Command(
        name = "undo",
        description = {
            "Returns the instances that a plan has bought, and no others: they are isolated, stop costing money, and stay in the "
                    + "recycle bin for hours or days.",
            "Lists them, and asks for their exact number. The plan buys nothing more. The same command continues an undo that "
                    + "was interrupted, or left some in doubt."
        },
        exitCodeList = {
            "0:all are isolated",
            Meanings.UNEXPECTED,
            "2:usage, not confirmed, or there is no such plan or journal: nothing was sent",
            "3:some were kept, refused, or are not listed; or a look-up failed",
            "4:some are in doubt, or chunks of the plan are: reconcile it first",
            Meanings.NO_ACCESS,
            Meanings.HELD_ELSEWHERE,
            Meanings.JOURNAL_UNUSABLE
        })
final class UndoCommand implements Callable<Integer> {

    private static final int MOST_LISTED = 20;

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    /** Each of the two requires the other, so only the number has to be read. */
    private static final class Consent {

        @Option(names = "--yes", required = true, description = "Returns them without asking; needs --count.")
        @SuppressWarnings("UnusedVariable")
        private boolean yes;

        @Option(
                names = "--count",
                required = true,
                paramLabel = "N",
                description = "The exact number of instances that the plan has bought; needs --yes.")
        private int count;
    }

    @ArgGroup(exclusive = false)
    private @Nullable Consent consent;

    @Option(names = "--prepaid", description = "With --yes: also returns prepaid instances. Refunds are limited.")
    private boolean prepaid;

    @Option(names = "--output", paramLabel = "text|ndjson", description = "The form of standard output. Default: text.")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    @Mixin
    private LookupOptions options = new LookupOptions();

    @ArgGroup(validate = false, order = 30, heading = "%nJournal:%n")
    private JournalOptions journal = new JournalOptions();

    UndoCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        PlanReport stored = journal.find(context, PlanId.of(planId));
        try (CloneClient client = options.client(context, stored.plan(), journal)) {
            Optional<UndoConfirmation> confirmation = confirmation(client, stored);
            if (confirmation.isEmpty()) {
                context.err().say("Nothing was sent.");
                return ExitCode.USAGE;
            }
            int code = new UndoLines(context, output)
                    .print(
                            client.undo(stored.plan().id(), confirmation.get()),
                            Set.of(Result.ISOLATED, Result.ALREADY_ISOLATED),
                            "Returned");
            context.err()
                    .say(options.nextSteps(context, journal)
                            .lines(
                                    "To start pay-as-you-go instances again while they are in the recycle bin:",
                                    stored.plan().id(),
                                    "restore"));
            return inDoubt(client, stored.plan().id()) && code == ExitCode.ALL_CLONED ? ExitCode.SOME_IN_DOUBT : code;
        } finally {
            options.close();
        }
    }

    /** {@return whether the plan may have bought instances whose ids are not known, and which were not returned} */
    private boolean inDoubt(CloneClient client, PlanId plan) {
        CloneReport report = client.report(plan).blockOptional().orElseThrow();
        int unknown = report.inDoubt() + report.missing();
        if (unknown > 0) {
            context.err()
                    .say("Not returned: " + Words.count(unknown, "instance")
                            + " in doubt, which may cost money. These commands look up and return what exists:");
            options.nextSteps(context, journal).undoing(plan).ifPresent(context.err()::say);
        }
        return unknown > 0;
    }

    private Optional<UndoConfirmation> confirmation(CloneClient client, PlanReport stored) throws IOException {
        PlanId plan = stored.plan().id();
        if (consent != null) {
            UndoConfirmation given = UndoConfirmation.of(plan, consent.count);
            return Optional.of(prepaid ? given.withPrepaid() : given);
        }
        if (!context.terminal()) {
            context.err().say("There is no terminal to ask at, and no --yes --count N.");
            return Optional.empty();
        }
        List<InstanceState> bought =
                client.lookups().instances(plan).collectList().blockOptional().orElseThrow();
        if (bought.isEmpty()) {
            context.err().say("Plan " + plan + " has bought no instance whose id is known.");
            return Optional.empty();
        }
        bought.stream()
                .limit(MOST_LISTED)
                .map(instance -> InstanceForm.row(instance, context.err().columns()))
                .forEach(context.err()::say);
        if (bought.size() > MOST_LISTED) {
            context.err()
                    .say(options.nextSteps(context, journal)
                            .lines("and " + (bought.size() - MOST_LISTED) + " more. To list all:", plan, "instances"));
        }
        String number = context.ask("Type the number of these instances to return them all: ");
        if (!number.equals(String.valueOf(bought.size()))) {
            return Optional.empty();
        }
        UndoConfirmation typed = UndoConfirmation.of(plan, bought.size());
        if (!stored.plan().isPrepaid()) {
            return Optional.of(typed);
        }
        context.err()
                .say("They are prepaid. Refunds are limited, vouchers are not refunded, and starting one again means "
                        + "paying for a renewal.");
        return context.agrees("Return prepaid instances? [y/N] ") ? Optional.of(typed.withPrepaid()) : Optional.empty();
    }
}
