package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.error.RametException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.lookup.UndoRefusedException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import reactor.core.Exceptions;

/** The command line. Without arguments it shows a demonstration. */
@Command(
        name = "ramet",
        description = {
            "Clones TencentDB for Redis instances in bulk, and never buys one twice.",
            "Without arguments: clones 250 instances from a simulator, as a demonstration."
        },
        synopsisSubcommandLabel = "[COMMAND]",
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
public final class Ramet implements Callable<Integer> {

    /** The most options that the help of a command shows in its synopsis. */
    private static final int LONGEST_SYNOPSIS = 10;

    private final CliContext context;

    private Ramet(CliContext context) {
        this.context = context;
    }

    /**
     * Runs a command and exits with its code.
     *
     * @param arguments see {@code ramet --help}
     */
    public static void main(String[] arguments) {
        // Otherwise Netty loads the flight recorder to report its buffers, a fifth of the time to the first deal.
        System.setProperty("io.netty.jfr.enabled", "false");
        boolean verbose = List.of(arguments).contains("--verbose");
        if (verbose) {
            // Must be set before the first logger is created.
            VerboseLog.configure();
        }
        CliContext context = CliContext.ofThisProcess(!verbose);
        if (verbose) {
            context.err().say(VerboseLog.versions());
        }
        if (Undecodable.among(arguments.length)) {
            context.err()
                    .say(
                            "An argument has characters beyond ASCII, which cannot be read in this locale. Nothing was sent."
                                    + " Set LC_ALL=C.UTF-8, or another locale with UTF-8.");
            context.err().flush();
            System.exit(ExitCode.USAGE);
        }
        // Also with code 0, so that a thread that a library has left behind cannot keep the process alive.
        System.exit(commandLine(context).execute(arguments));
    }

    static CommandLine commandLine(CliContext context) {
        CommandLine ramet = new CommandLine(new Ramet(context))
                .addSubcommand(new BackupsCommand(context))
                .addSubcommand(new PlanCommand(context))
                .addSubcommand(new PriceCommand(context))
                .addSubcommand(new PreflightCommand(context))
                .addSubcommand(new CloneCommand(context))
                .addSubcommand(new ResumeCommand(context))
                .addSubcommand(new WaitCommand(context))
                .addSubcommand(new InstancesCommand(context))
                .addSubcommand(new ReportCommand(context))
                .addSubcommand(new ReconcileCommand(context))
                .addSubcommand(new UndoCommand(context))
                .addSubcommand(new RestoreCommand(context))
                .addSubcommand(new WhoamiCommand(context))
                .addSubcommand(new VerifyCommand(context))
                .addSubcommand(new SimulateCommand(context));
        ramet.getSubcommands().values().forEach(Ramet::addCommonAttributes);
        return ramet.addSubcommand(new HelpCommand())
                .addSubcommand(new GenerateCompletion())
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(context.out())
                .setErr(context.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, Durations::parse)
                .registerConverter(URI.class, new EndpointUrl())
                .setExecutionStrategy(parsed -> run(context, parsed))
                .setParameterExceptionHandler((failure, arguments) -> misused(context, failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(context, failure));
    }

    private static void addCommonAttributes(CommandLine command) {
        CommandSpec spec =
                command.getCommandSpec().versionProvider(new Version()).mixinStandardHelpOptions(true);
        UsageMessageSpec help = spec.usageMessage()
                .sortOptions(false)
                .abbreviateSynopsis(spec.options().size() > LONGEST_SYNOPSIS);
        if (!help.exitCodeList().isEmpty()) {
            help.exitCodeListHeading(Meanings.HEADING);
        }
    }

    @Override
    public Integer call() {
        return new Demo(context).run();
    }

    private static int run(CliContext context, ParseResult parsed) {
        if (parsed.asCommandLineList().stream().anyMatch(Ramet::showsHelp)) {
            HelpForm.fit(parsed.commandSpec().commandLine(), context.out().columns());
        }
        return written(context, new CommandLine.RunLast().execute(parsed));
    }

    private static boolean showsHelp(CommandLine command) {
        return command.isUsageHelpRequested() || command.getCommand() instanceof HelpCommand;
    }

    /** A command whose output could not be written has failed, even if everything else has succeeded. */
    private static int written(CliContext context, int code) {
        if (code == ExitCode.UNEXPECTED || !context.out().checkError()) {
            return code;
        }
        context.err().say("Standard output could not be written.");
        return ExitCode.UNEXPECTED;
    }

    private static int misused(CliContext context, ParameterException failure) {
        context.err().say(String.valueOf(failure.getMessage()));
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, context.err());
        context.err().say("See " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(CliContext context, Exception thrown) {
        Throwable failure = Exceptions.unwrap(thrown);
        complain(context, failure);
        return ExitCode.of(failure);
    }

    /** Prints a failure: the message of one that is expected, else the stack trace. */
    static void complain(CliContext context, Throwable failure) {
        if (failure instanceof RametException) {
            context.err().say(String.valueOf(failure.getMessage()));
        } else {
            failure.printStackTrace(context.err());
        }
        if (failure instanceof UnverifiedPlanException) {
            context.err().say("The option for this is --unverified-plans send.");
        }
        if (failure instanceof UndoRefusedException refusal) {
            context.err()
                    .say(
                            switch (refusal.reason()) {
                                case WRONG_NUMBER -> "Nothing was sent. ramet instances lists the instances.";
                                case PREPAID -> "Nothing was sent. The option for this consent is --prepaid.";
                                case UNSETTLED -> "Nothing was sent. ramet reconcile looks up those chunks.";
                            });
        }
    }

    /** Reads the version from the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Ramet.class.getPackage().getImplementationVersion();
            return new String[] {"ramet " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
