package io.ramet.cli;

import io.ramet.plan.ClonePlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows a plan. */
@Command(
        name = "plan",
        description = "Shows what clone would do with the same options. Sends nothing, costs nothing.",
        sortOptions = false,
        abbreviateSynopsis = true,
        versionProvider = Ramet.Version.class,
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private CloneOptions options = new CloneOptions();

    PlanCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ClonePlan plan = options.plan(context, false);
        options.lines().plan(plan).forEach(context.out()::println);
        return ExitCode.ALL_CLONED;
    }
}
