package io.ramet.cli;

import io.ramet.error.RametException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command line. Without arguments it demonstrates what it is for. */
@Command(
        name = "ramet",
        description = {
            "Clones TencentDB for Redis instances in bulk, and never buys one twice.",
            "Without arguments: clones 250 instances from a simulator, to show how."
        },
        versionProvider = Ramet.Version.class,
        mixinStandardHelpOptions = true)
public final class Ramet implements Callable<Integer> {

    private final CliContext shell;

    private Ramet(CliContext shell) {
        this.shell = shell;
    }

    /**
     * Runs a command and exits with its code.
     *
     * @param arguments see {@code ramet --help}
     */
    public static void main(String[] arguments) {
        CliContext process = CliContext.ofThisProcess();
        if (Undecodable.among(arguments.length)) {
            process.err()
                    .println(
                            "An argument holds characters beyond ASCII, which cannot be read in this locale: nothing was sent."
                                    + " Set LC_ALL=C.UTF-8, or another locale with UTF-8.");
            process.err().flush();
            System.exit(ExitCode.USAGE);
        }
        // Always, also with 0: no thread that a library left behind may hold up the shell.
        System.exit(commandLine(process).execute(arguments));
    }

    static CommandLine commandLine(CliContext shell) {
        return new CommandLine(new Ramet(shell))
                .addSubcommand(new PlanCommand(shell))
                .addSubcommand(new CloneCommand(shell))
                .addSubcommand(new ResumeCommand(shell))
                .addSubcommand(new ReportCommand(shell))
                .addSubcommand(new SettleCommand(shell))
                .addSubcommand(new SimulateCommand(shell))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(shell.out())
                .setErr(shell.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(parsed -> written(shell, new CommandLine.RunLast().execute(parsed)))
                .setParameterExceptionHandler((failure, arguments) -> misused(shell, failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(shell, failure));
    }

    @Override
    public Integer call() {
        return new Demo(shell).run();
    }

    /** Data that could not be written is a failure, whatever else went well. */
    private static int written(CliContext shell, int code) {
        if (code == ExitCode.UNEXPECTED || !shell.out().checkError()) {
            return code;
        }
        shell.err().println("Standard output could not be written.");
        return ExitCode.UNEXPECTED;
    }

    private static int misused(CliContext shell, ParameterException failure) {
        shell.err().println(failure.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, shell.err());
        shell.err().println("See " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(CliContext shell, Exception thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        complain(shell, failure);
        return ExitCode.of(failure);
    }

    /** Says what went wrong: in a sentence if it can be expected to go wrong. */
    static void complain(CliContext shell, Throwable failure) {
        if (failure instanceof RametException) {
            shell.err().println(failure.getMessage());
        } else {
            failure.printStackTrace(shell.err());
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
