package io.ramet.cli;

import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.transport.Network;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import io.ramet.sign.CredentialsProvider;
import java.io.BufferedReader;
import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The environment that a command runs in.
 *
 * @param out standard output, for data
 * @param err standard error, for progress and errors
 * @param in standard input
 * @param terminal whether a person at a terminal can answer a question
 * @param redraws whether a line of {@code err} can be overwritten
 * @param passwordPrompt prints a question and reads a line without echo; empty at the end of input
 * @param program the words that start this program, for the commands that it prints
 * @param environment the environment's variables
 * @param credentials creates the default provider of credentials, which reaches the services that issue them over a
 *     network
 * @param home the user's home folder
 * @param state the default folder of the journal
 * @param clock the wall clock and the time zone of dates
 * @param nanoTime a monotonic clock, in nanoseconds
 */
record CliContext(
        TerminalWriter out,
        TerminalWriter err,
        BufferedReader in,
        boolean terminal,
        boolean redraws,
        Function<String, Optional<String>> passwordPrompt,
        List<String> program,
        Map<String, String> environment,
        Function<Network, CredentialsProvider> credentials,
        Path home,
        Path state,
        Clock clock,
        LongSupplier nanoTime) {

    /** {@code redraws} must be false if a log is written to standard error as well. */
    // From JDK 22 on there is a console even without a terminal, unless this property is set.
    @SuppressWarnings("SystemConsoleNull")
    static CliContext ofThisProcess(boolean redraws) {
        System.setProperty("jdk.console", "java.base");
        Console console = System.console();
        Path home = Path.of(System.getProperty("user.home"));
        return new CliContext(
                new TerminalWriter(System.out, () -> columns(console)),
                new TerminalWriter(System.err, () -> columns(console)),
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                console != null,
                redraws && console != null && redraws(System.getenv()),
                question -> Optional.ofNullable(console)
                        .map(present -> present.readPassword("%s", question))
                        .map(String::valueOf),
                program(System.getProperty("ramet.program", ""), System.getProperty("java.class.path")),
                System.getenv(),
                network -> RefreshingCredentials.of(CredentialsSources.builder()
                                .transport(ReactorNettyCredentialsTransport.over(network))
                                .build()
                                .defaultChain())
                        .build(),
                home,
                state(System.getenv(), home),
                Clock.system(ZoneId.systemDefault()),
                System::nanoTime);
    }

    /** {@return the width of the terminal, 80 if it cannot be measured; without one, lines have any length} */
    private static int columns(@Nullable Console console) {
        if (console == null) {
            return Integer.MAX_VALUE;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader size = stty.inputReader()) {
                return columns(size.readLine());
            }
        } catch (IOException noSuchProgram) {
            return columns((String) null);
        }
    }

    /** {@return the width in what {@code stty size} prints} */
    static int columns(@Nullable String size) {
        return size != null && size.matches("\\d+ [1-9]\\d{0,4}")
                ? Integer.parseInt(size.substring(size.indexOf(' ') + 1))
                : 80;
    }

    /** Asks a person at the terminal. {@return the line that was typed, stripped; empty at the end of input} */
    String ask(String question) throws IOException {
        err.print(Paragraph.hanging(err.columns(), question.stripTrailing()) + " ");
        err.flush();
        String line = in.readLine();
        return line == null ? "" : line.strip();
    }

    /** {@return whether the person at the terminal types {@code y} or {@code yes}} */
    boolean agrees(String question) throws IOException {
        return Set.of("y", "yes").contains(ask(question).toLowerCase(Locale.ROOT));
    }

    /** {@return whether the environment allows a line of the terminal to be overwritten} */
    static boolean redraws(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && environment.getOrDefault("CI", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }

    /** {@return the folder for data that is kept between commands} */
    static Path state(Map<String, String> environment, Path home) {
        String windows = environment.getOrDefault("LOCALAPPDATA", "");
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        Path states = !xdg.isBlank()
                ? Path.of(xdg)
                : windows.isBlank() ? home.resolve(Path.of(".local", "state")) : Path.of(windows);
        return states.resolve("ramet");
    }

    /** {@return the words that start this program again: its launcher, if it was started by one, else its jar} */
    static List<String> program(String launcher, String classPath) {
        if (!launcher.isEmpty()) {
            return List.of(launcher);
        }
        boolean onlyAJar = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
        return onlyAJar
                ? List.of("java", "-jar", Path.of(classPath).toAbsolutePath().toString())
                : List.of("ramet");
    }
}
