package io.ramet.cli;

import io.ramet.json.CloneJson;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.UnknownPlanException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/** Goes on with a plan that the journal knows. */
@Command(
        name = "resume",
        description = {
            "Goes on with a plan that the journal knows: what is known is told again, what was about to be sent is looked for,",
            "and what was never sent is sent. Exit codes are those of clone."
        },
        sortOptions = false,
        versionProvider = Ramet.Version.class,
        mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The clones' password, which no journal keeps, is the first line of this file.")
    private @Nullable Path passwordFile;

    @Mixin
    private ClientOptions options = new ClientOptions();

    ResumeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Secret password = passwordFile == null ? null : Secret.of(RequestOptions.firstLine(passwordFile));
        CloneClientBuilder builder = options.client(shell);
        ClonePlan plan = stored(PlanId.of(planId), password);
        CloneRun run = new CloneRun(shell, plan, options.lines(), GoingOn.by(options.toGoOn()));
        shell.err().println("Plan " + plan.summary());
        return run.through(builder.listener(run.listener()).build());
    }

    private ClonePlan stored(PlanId id, @Nullable Secret password) {
        CloneJournal journal = options.journal().open(shell);
        return journal.find(id)
                .switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)))
                .map(plan -> ClonePlan.of(id, CloneJson.lenient().readRequest(plan.request(), password)))
                .flatMap(plan -> journal.close().thenReturn(plan))
                .toFuture()
                .join();
    }
}
