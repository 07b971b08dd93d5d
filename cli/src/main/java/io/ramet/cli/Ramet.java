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

    private final Shell shell;

    private Ramet(Shell shell) {
        this.shell = shell;
    }

    /**
     * Runs a command and exits with its code.
     *
     * @param arguments see {@code ramet --help}
     */
    public static void main(String[] arguments) {
        // Always, also with 0: no thread that a library left behind may hold up the shell.
        System.exit(commandLine(Shell.ofThisProcess()).execute(arguments));
    }

    static CommandLine commandLine(Shell shell) {
        return new CommandLine(new Ramet(shell))
                .addSubcommand(new PlanCommand(shell))
                .addSubcommand(new CloneCommand(shell))
                .addSubcommand(new ResumeCommand(shell))
                .addSubcommand(new ReportCommand(shell))
                .addSubcommand(new SettleCommand(shell))
                .addSubcommand(new SimulateCommand(shell))
                .setOut(shell.out())
                .setErr(shell.err())
                .setParameterExceptionHandler((failure, arguments) -> misused(shell, failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(shell, failure));
    }

    @Override
    public Integer call() {
        return new Demonstration(shell).run();
    }

    private static int misused(Shell shell, ParameterException failure) {
        shell.err().println(failure.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, shell.err());
        shell.err().println("See " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(Shell shell, Exception thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof RametException) {
            shell.err().println(failure.getMessage());
        } else {
            failure.printStackTrace(shell.err());
        }
        return ExitCode.of(failure);
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
