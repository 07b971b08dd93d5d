package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.error.ApiRefusal;
import io.ramet.error.RametException;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.lookup.UndoRefusedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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

    /** In the order in which the help shows them. */
    private static final Map<String, Function<CliContext, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("backups", BackupsCommand::new);
        COMMANDS.put("plan", PlanCommand::new);
        COMMANDS.put("price", PriceCommand::new);
        COMMANDS.put("preflight", PreflightCommand::new);
        COMMANDS.put("clone", CloneCommand::new);
        COMMANDS.put("resume", ResumeCommand::new);
        COMMANDS.put("wait", WaitCommand::new);
        COMMANDS.put("instances", InstancesCommand::new);
        COMMANDS.put("report", ReportCommand::new);
        COMMANDS.put("reconcile", ReconcileCommand::new);
        COMMANDS.put("undo", UndoCommand::new);
        COMMANDS.put("restore", RestoreCommand::new);
        COMMANDS.put("whoami", WhoamiCommand::new);
        COMMANDS.put("verify", VerifyCommand::new);
        COMMANDS.put("simulate", SimulateCommand::new);
    }

    private static final Set<String> OF_A_PURCHASE = Set.of("--yes", "--again", "--wait", "--wait-for", "--busy-for");

    /**
     * The options of {@code clone} that have no effect in another command. They are accepted, so that only the name of
     * the command has to be changed, but its help leaves them out.
     */
    private static final Map<String, Set<String>> WITHOUT_EFFECT = Map.of(
            "plan", OF_A_PURCHASE,
            "price", OF_A_PURCHASE,
            "preflight", OF_A_PURCHASE,
            "verify", Set.of("--yes", "--wait", "--busy-for"));

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
        System.exit(commandLine(context, arguments).execute(arguments));
    }

    /**
     * Builds the command that the first argument names, or all of them if it names none, such as for {@code --help}: to
     * build all takes longer than most commands run.
     */
    static CommandLine commandLine(CliContext context, String... arguments) {
        CommandLine ramet = new CommandLine(new Ramet(context));
        Function<CliContext, Object> named = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (named != null) {
            ramet.addSubcommand(named.apply(context));
        } else {
            COMMANDS.values().forEach(command -> ramet.addSubcommand(command.apply(context)));
        }
        ramet.getSubcommands().values().forEach(Ramet::addCommonAttributes);
        if (named == null) {
            ramet.addSubcommand(new HelpCommand()).addSubcommand(new GenerateCompletion());
        }
        return ramet.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(context.out())
                .setErr(context.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, Durations::parse)
                .registerConverter(URI.class, new EndpointUrl())
                .setExecutionStrategy(parsed -> run(context, parsed))
                .setParameterExceptionHandler((failure, words) -> misused(context, failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(context, failure));
    }

    private static void addCommonAttributes(CommandLine command) {
        CommandSpec spec =
                command.getCommandSpec().versionProvider(new Version()).mixinStandardHelpOptions(true);
        WITHOUT_EFFECT.getOrDefault(spec.name(), Set.of()).forEach(name -> hide(spec, name));
        UsageMessageSpec help = spec.usageMessage()
                .sortOptions(false)
                .abbreviateSynopsis(spec.options().size() > LONGEST_SYNOPSIS);
        if (!help.exitCodeList().isEmpty()) {
            help.exitCodeListHeading(Meanings.HEADING);
        }
    }

    private static void hide(CommandSpec spec, String name) {
        OptionSpec option = spec.findOption(name);
        spec.remove(option).addOption(option.toBuilder().hidden(true).build());
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
        StringWriter suggestions = new StringWriter();
        if (CommandLine.UnmatchedArgumentException.printSuggestions(failure, new PrintWriter(suggestions, true))) {
            context.err().say(suggestions.toString().strip());
        }
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
            boolean keyIsRefused = failure.getCause() instanceof ApiRefusal refusal
                    && refusal.code().refusesCredentials();
            context.err()
                    .say(
                            keyIsRefused
                                    ? "ramet whoami shows the source of the key."
                                    : "The option for this is --unverified-plans send.");
        }
        if (failure instanceof UnknownPlanException) {
            context.err().say("ramet report lists the plans of a journal, and --journal names another one.");
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
