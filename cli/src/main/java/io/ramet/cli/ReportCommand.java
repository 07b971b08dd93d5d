package io.ramet.cli;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.StoredPlan;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells what the journal knows. */
@Command(
        name = "report",
        description =
                "Tells what the journal knows of a plan, deal by deal, or of all plans. Sends nothing, needs no key.",
        sortOptions = false,
        versionProvider = Ramet.Version.class,
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

    private final CliContext shell;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PLAN", description = "The plan's id; all plans if absent.")
    private @Nullable String planId;

    @Mixin
    private JournalOptions journals = new JournalOptions();

    @Option(
            names = "--output",
            paramLabel = "text|ndjson",
            description = "The form of standard output. Default: ${DEFAULT-VALUE}.",
            defaultValue = "text")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    ReportCommand(CliContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        journals.read(
                        shell,
                        journal -> lines(journal).doOnNext(shell.out()::println).then())
                .join();
        return ExitCode.ALL_CLONED;
    }

    private Flux<String> lines(CloneJournal journal) {
        return planId == null
                ? journal.plans().concatMap(plan -> report(journal, plan))
                : plan(journal, PlanId.of(planId));
    }

    private Flux<String> plan(CloneJournal journal, PlanId id) {
        Flux<ChunkOutcome> outcomes = journal.outcomes(id, 0)
                .map(PlacedOutcome::outcome)
                .concatWith(journal.pending(id).map(PendingChunk::knownOutcome));
        return JournalOptions.known(journal, id)
                .flatMapMany(plan -> outcomes.map(output.lines()::outcome).concatWith(report(journal, plan)));
    }

    private Mono<String> report(CloneJournal journal, StoredPlan plan) {
        return journal.report(plan).map(report -> output.lines().report(report));
    }
}
