package io.ramet.cli;

import io.ramet.sign.CredentialsProvider;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a command was started in.
 *
 * @param out where data goes
 * @param err where progress and complaints go
 * @param in what is typed or piped
 * @param terminal whether somebody sits there who can be asked
 * @param redraws whether a line of {@code err} can be drawn over
 * @param program how this program is called
 * @param environment the environment's variables
 * @param credentials who to ask for a key
 * @param state the folder that the journal is in unless it is told otherwise
 * @param nanoTime nanoseconds that only go forward
 */
record CliContext(
        TerminalWriter out,
        TerminalWriter err,
        BufferedReader in,
        boolean terminal,
        boolean redraws,
        List<String> program,
        Map<String, String> environment,
        CredentialsProvider credentials,
        Path state,
        LongSupplier nanoTime) {

    // From JDK 22 on there can be a console where there is no terminal, but not with this setting.
    @SuppressWarnings("SystemConsoleNull")
    static CliContext ofThisProcess() {
        System.setProperty("jdk.console", "java.base");
        boolean terminal = System.console() != null;
        return new CliContext(
                new TerminalWriter(System.out),
                new TerminalWriter(System.err),
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                terminal,
                terminal && redraws(System.getenv()),
                program(System.getProperty("java.class.path")),
                System.getenv(),
                CredentialsProvider.defaultChain(),
                state(System.getenv(), Path.of(System.getProperty("user.home"))),
                System::nanoTime);
    }

    /** {@return whether an environment lets a terminal be drawn on} */
    static boolean redraws(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && environment.getOrDefault("CI", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }

    /** {@return where programs keep what should outlive them} */
    static Path state(Map<String, String> environment, Path home) {
        String windows = environment.getOrDefault("LOCALAPPDATA", "");
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        Path states = !xdg.isBlank()
                ? Path.of(xdg)
                : windows.isBlank() ? home.resolve(Path.of(".local", "state")) : Path.of(windows);
        return states.resolve("ramet");
    }

    /** {@return how a program with that class path is called again} */
    static List<String> program(String classPath) {
        boolean onlyAJar = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
        return onlyAJar
                ? List.of("java", "-jar", Path.of(classPath).toAbsolutePath().toString())
                : List.of("ramet");
    }
}
