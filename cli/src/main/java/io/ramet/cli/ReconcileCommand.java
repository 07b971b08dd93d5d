package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.StoredPlan;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks up the in-doubt chunks of a plan again. */
@Command(
        name = "reconcile",
        description = "Looks up the in-doubt chunks of a plan again, and audits the plan. Buys nothing.",
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
final class ReconcileCommand implements Callable<Integer> {

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Mixin
    private ClientOptions options = new ClientOptions();

    ReconcileCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        long started = context.nanoTime().getAsLong();
        StoredPlan plan = options.journal().find(context, PlanId.of(planId)).plan();
        try (CloneClient client = options.client(context, new InFlightChunks(), plan)) {
            CloneReport report = client.reconcile(plan.id())
                    .retryWhen(options.busyPlanRetry().untilFree(context.err()::say))
                    .blockOptional()
                    .orElseThrow();
            Duration took = Duration.ofNanos(context.nanoTime().getAsLong() - started);
            context.out().say(options.lines().report(report, took));
            options.nextSteps(context, null, RequestOptions.needsPassword(plan))
                    .about(report)
                    .ifPresent(context.err()::say);
            return ExitCode.of(report);
        } finally {
            options.close();
        }
    }
}
