package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.reactor.CloneClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the backups of an instance. */
@Command(
        name = "backups",
        description = {
            "Lists the backups of an instance, newest first, and whether each can be cloned. Times are as the API writes them.",
            "Buys nothing."
        },
        exitCodeList = {
            "0:the backups were listed, and there is at least one",
            "1:unexpected, or standard output could not be written",
            "2:usage, or an instance that does not exist",
            "3:the instance has no backup, or the look-up failed",
            Meanings.NO_ACCESS
        })
final class BackupsCommand implements Callable<Integer> {

    private final CliContext context;

    @Parameters(index = "0", paramLabel = "INSTANCE", description = "The instance, such as crs-xjhsdj12.")
    private String instanceId = "";

    @Option(
            names = "--output",
            paramLabel = "table|ndjson",
            description = "The form of standard output. Default: table.")
    private BackupForm output = BackupForm.table;

    @Mixin
    private LookupOptions options = new LookupOptions();

    BackupsCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (CloneClient client = options.client(context)) {
            long lines = output.lines(
                            client.lookups().backups(instanceId),
                            context.clock().instant(),
                            context.out().columns())
                    .doOnNext(context.out()::println)
                    .count()
                    .blockOptional()
                    .orElseThrow();
            if (lines == 0) {
                context.err().say("Instance " + instanceId + " has no backup.");
            }
            return lines > 0 ? ExitCode.ALL_CLONED : ExitCode.SOME_NOT_CLONED;
        } finally {
            options.close();
        }
    }
}
