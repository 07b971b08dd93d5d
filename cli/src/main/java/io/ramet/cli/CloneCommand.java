package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Buys a plan. */
@Command(
        name = "clone",
        description = {
            "Buys the clones, none of them twice, and reports each one.",
            "Credentials: TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_TOKEN), a credentials file, or --profile."
        },
        exitCodeList = {
            Meanings.ALL_CLONED,
            Meanings.UNEXPECTED,
            Meanings.USAGE,
            Meanings.SOME_NOT_CLONED,
            Meanings.SOME_IN_DOUBT,
            Meanings.NO_ACCESS,
            Meanings.HELD_ELSEWHERE,
            Meanings.JOURNAL_UNUSABLE,
            Meanings.INTERRUPTED
        })
final class CloneCommand implements Callable<Integer> {

    private static final Duration BEFORE_THE_QUESTION = Duration.ofSeconds(2);

    private final CliContext context;

    @Mixin
    private CloneOptions options = new CloneOptions();

    CloneCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        ClonePlan plan = options.plan(context, true);
        CloneRun run = new CloneRun(
                context,
                plan,
                options.client().lines(),
                options.nextSteps(context, plan),
                options.client().busyPlanRetry(),
                options.wait(context));
        try (Simulator simulator = options.startSimulator()) {
            return buy(plan, run, options.buying(context, run.observer(), simulator));
        } finally {
            options.client().close();
        }
    }

    private int buy(ClonePlan plan, CloneRun run, CloneClient client) throws IOException {
        context.err().say("Plan " + plan.summary());
        boolean agreed;
        try {
            agreed = agreed(client, plan);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
        if (!agreed) {
            client.close();
            return ExitCode.USAGE;
        }
        return run.through(client);
    }

    private boolean agreed(CloneClient client, ClonePlan plan) throws IOException {
        EarlierPlan earlier = options.earlier(context, plan).orElse(null);
        if (!agreed(client, plan, earlier)) {
            return false;
        }
        // Another terminal may have bought it while this one waited for the answer.
        EarlierPlan meanwhile = earlier == null ? options.earlier(context, plan).orElse(null) : null;
        return meanwhile == null || agreed(client, plan, meanwhile);
    }

    private boolean agreed(CloneClient client, ClonePlan plan, @Nullable EarlierPlan earlier) throws IOException {
        if (earlier != null) {
            context.err().say(earlier.words());
            options.nextSteps(context, plan).about(earlier.report()).ifPresent(context.err()::say);
        } else if (options.yes()) {
            return true;
        }
        if (!context.terminal()) {
            context.err()
                    .say(
                            earlier == null
                                    ? "Nothing was sent: there is no terminal to ask at, and no --yes."
                                    : "Nothing was sent: there is no terminal to ask at. --again buys it again.");
            return false;
        }
        String more = earlier == null ? "" : " more";
        Findings.within(
                        BEFORE_THE_QUESTION,
                        client.lookups(),
                        plan,
                        context.err().columns())
                .forEach(context.err()::say);
        boolean agreed = context.agrees(
                "Buy " + plan.request().goodsNum() + more + " from " + options.target(context) + "? [y/N] ");
        if (!agreed) {
            context.err().say("Nothing was sent.");
        }
        return agreed;
    }
}
