package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.json.RequestJson;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.StoredPlan;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Goes on with a plan that the journal knows. */
@Command(
        name = "resume",
        description = {
            "Goes on with a plan that the journal knows: what is known is told again, what was about to be sent is looked for,",
            "and what was never sent is sent. Exit codes are those of clone."
        },
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
            Meanings.JOURNAL_UNUSABLE,
            Meanings.INTERRUPTED
        })
final class ResumeCommand implements Callable<Integer> {

    private final CliContext shell;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The clones' password, which no journal keeps, is the first line of this file.")
    private @Nullable Path passwordFile;

    @Mixin
    private ClientOptions options = new ClientOptions();

    ResumeCommand(CliContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        StoredPlan stored = options.journal().find(shell, PlanId.of(planId));
        boolean needsPassword = RequestOptions.needsPassword(stored);
        if (needsPassword && passwordFile == null) {
            throw options.usage("--password-file is required: the clones' password is kept nowhere");
        }
        Secret password = passwordFile == null ? null : Secret.of(RequestOptions.firstLine(passwordFile));
        ClonePlan plan = ClonePlan.of(stored.id(), RequestJson.shared().read(stored.request(), password));
        CloneRun run = new CloneRun(
                shell, plan, options.lines(), options.goingOn(shell, passwordFile, needsPassword), options.patience());
        try {
            CloneClient client = options.client(shell, run.listener(), stored);
            shell.err().println("Plan " + plan.summary());
            return run.through(client);
        } finally {
            options.close();
        }
    }
}
