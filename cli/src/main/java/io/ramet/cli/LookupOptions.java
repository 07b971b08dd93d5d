package io.ramet.cli;

import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of a command that looks up and buys nothing. */
final class LookupOptions {

    private @Nullable CloneJournal opened;

    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** Read before the command line is parsed, because loggers are made early. */
    @Option(
            names = "--verbose",
            description = "Logs each step to standard error, for a bug report; the log holds no secret.")
    @SuppressWarnings("UnusedVariable")
    private boolean verbose;

    @ArgGroup(validate = false, order = 10, heading = "%nConnection:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    /** {@return a client without a journal} */
    CloneClient client(CliContext context) {
        String region = connection
                .region(context)
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(), "--region is required, such as --region ap-guangzhou"));
        return client(context, region, CloneJournal.inMemory());
    }

    /** {@return a client in the plan's region, unless {@code --region} names another one} */
    CloneClient client(CliContext context, StoredPlan plan, JournalOptions journal) {
        return client(context, connection.givenRegion().orElse(plan.region()), journal.open(context));
    }

    private CloneClient client(CliContext context, String region, CloneJournal journal) {
        opened = journal;
        return CloneClient.builder()
                .region(region)
                .endpoint(connection.endpoint())
                .credentials(connection.credentials(context))
                .network(connection.network(context))
                .callTimeout(connection.callTimeout())
                .journal(journal)
                .build();
    }

    /** {@return the commands that continue where this one has stopped} */
    NextSteps.Commands nextSteps(CliContext context, JournalOptions journal) {
        return NextSteps.Commands.of(context, command.commandLine().getParseResult(), journal, null, false);
    }

    /** Closes what the client does not close; to be called after the client is closed. */
    void close() {
        if (opened != null) {
            opened.close();
        }
        connection.close();
    }
}
