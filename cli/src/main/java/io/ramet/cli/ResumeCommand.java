package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Resumes a plan that the journal knows. */
@Command(
        name = "resume",
        description =
                "Resumes a plan that the journal knows: known outcomes are printed again, chunks that were about to be sent are looked "
                        + "up, and chunks that were never sent, or were refused without effect, are sent.",
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

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "PLAN", description = "The plan's id.")
    private String planId = "";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "The clones' password, which no journal keeps, is the first line of this file; without it, ramet asks at the terminal.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--request",
            paramLabel = "FILE|-",
            description = "Takes the clones' password from this request file.")
    private @Nullable String request;

    @Mixin
    private WaitOptions waiting = new WaitOptions();

    @Mixin
    private ClientOptions options = new ClientOptions();

    ResumeCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PlanReport stored = options.journal().find(context, PlanId.of(planId));
        boolean needsPassword = RequestOptions.needsPassword(stored.plan());
        Secret password = needsPassword && !stored.isBought() ? password() : null;
        ClonePlan plan = stored.clonePlan(password);
        CloneRun run = new CloneRun(
                context,
                plan,
                options.lines(),
                options.nextSteps(context, passwordFile, needsPassword),
                options.busyPlanRetry(),
                waiting.wait(context, options.instances()));
        try {
            CloneClient client = options.client(context, run.observer(), stored.plan());
            context.err().say("Plan " + plan.summary());
            return run.through(client);
        } finally {
            options.close();
        }
    }

    private Secret password() {
        if (passwordFile != null) {
            return Secret.of(RequestOptions.firstLine("--password-file", passwordFile));
        }
        return request == null
                ? RequestOptions.askForPassword(
                        context, "--password-file FILE or --request FILE, because no journal keeps it")
                : RequestOptions.passwordOf(request, context);
    }
}
