package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.observe.CloneListener;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks again for what is in doubt. */
@Command(
        name = "reconcile",
        aliases = "settle",
        description =
                "Looks again for the chunks of a plan that are in doubt. Sends nothing. Exit codes are those of clone.",
        sortOptions = false,
        versionProvider = Ramet.Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Meanings.HEADING,
        exitCodeList = {
            Meanings.ALL_CLONED,
            Meanings.UNEXPECTED,
            Meanings.USAGE,
            Meanings.SOME_NOT_CLONED,
            Meanings.SOME_IN_DOUBT,
            Meanings.NO_ACCESS,
            Meanings.HELD_ELSEWHERE,
            Meanings.JOURNAL_UNUSABLE
        })
final class SettleCommand implements Callable<Integer> {

    private final CliContext shell;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Mixin
    private ClientOptions options = new ClientOptions();

    SettleCommand(CliContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        long started = shell.nanoTime().getAsLong();
        StoredPlan plan = options.journal().find(shell, PlanId.of(planId));
        try (CloneClient client = options.client(shell, CloneListener.NONE, plan)) {
            CloneReport report = client.reconcile(plan.id())
                    .retryWhen(options.patience().untilFree(shell.err()::println))
                    .toFuture()
                    .join();
            Duration took = Duration.ofNanos(shell.nanoTime().getAsLong() - started);
            shell.out().println(options.lines().report(report, took));
            options.goingOn(shell, null, RequestOptions.needsPassword(plan))
                    .about(report)
                    .ifPresent(shell.err()::println);
            return ExitCode.of(report);
        } finally {
            options.close();
        }
    }
}
