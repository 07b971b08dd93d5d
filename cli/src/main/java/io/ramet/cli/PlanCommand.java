package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.plan.ClonePlan;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows a plan. */
@Command(
        name = "plan",
        description = "Shows what clone would do with the same options, or a request file to fill in. Costs nothing.",
        exitCodeList = {
            "0:the plan or the request file was printed",
            "1:unexpected, or standard output could not be written",
            "2:usage, or an invalid request",
            "3:a look-up failed: that of --backup latest, or of --from",
            Meanings.NO_ACCESS
        })
final class PlanCommand implements Callable<Integer> {

    private final CliContext context;

    @Option(names = "--skeleton", description = "Prints a request file to fill in, and hints on standard error.")
    private boolean skeleton;

    @Option(
            names = "--from",
            paramLabel = "INSTANCE",
            description =
                    "With --skeleton: fills in this source, its zone, network and security groups, and its newest "
                            + "backup that can be cloned.")
    private @Nullable String from;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private CloneOptions options = new CloneOptions();

    PlanCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (skeleton) {
            Skeleton request = skeleton();
            context.out().println(request.json());
            request.hints(context.err().columns()).forEach(context.err()::say);
            return ExitCode.ALL_CLONED;
        }
        if (from != null) {
            throw new ParameterException(command.commandLine(), "--from needs --skeleton");
        }
        ClonePlan plan = options.plan(context, false);
        options.client().lines().plan(plan).forEach(context.out()::say);
        return ExitCode.ALL_CLONED;
    }

    private Skeleton skeleton() {
        String source = from;
        return source == null
                ? new Skeleton()
                : options.lookUp(context, lookups -> Skeleton.of(source, lookups))
                        .orElseThrow();
    }
}
