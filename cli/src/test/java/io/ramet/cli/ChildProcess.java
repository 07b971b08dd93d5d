package io.ramet.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The command line in a JVM of its own, which can be sent signals. */
final class ChildProcess implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofSeconds(90);

    /**
     * A shell starts its background jobs with SIGINT ignored, nohup with SIGHUP; children inherit that, and Java then
     * never receives these signals. This command restores their default actions.
     */
    private static final List<String> DEFAULT_SIGNALS = Stream.of(
                    List.of("env", "--default-signal=INT,HUP,TERM"),
                    List.of("perl", "-e", "$SIG{$_} = 'DEFAULT' for qw(INT HUP TERM); exec @ARGV or die"))
            .filter(ChildProcess::runs)
            .findFirst()
            .orElseThrow(
                    () -> new AssertionError("neither env --default-signal nor perl is there to start a child with"));

    /** Starts a child as a shell starts its background jobs. */
    private static final List<String> IN_BACKGROUND = List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh");

    private final Process process;
    private final BufferedReader out;
    private final BufferedReader err;

    ChildProcess(Map<String, String> environment, String... arguments) throws IOException {
        this(DEFAULT_SIGNALS, environment, arguments);
    }

    /** {@return a child that inherits an ignored SIGINT} */
    static ChildProcess inBackground(Map<String, String> environment, String... arguments) throws IOException {
        return new ChildProcess(IN_BACKGROUND, environment, arguments);
    }

    private ChildProcess(List<String> prefix, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Ramet.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("XDG_STATE_HOME", Session.newState().toString());
        builder.environment().putAll(environment);
        process = builder.start();
        // Bounds every wait for it: its streams end with it.
        CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS).execute(process::destroyForcibly);
        out = process.inputReader();
        err = process.errorReader();
    }

    private static boolean runs(List<String> wrapper) {
        try {
            List<String> command = new ArrayList<>(wrapper);
            command.add("true");
            Process tried = new ProcessBuilder(command).start();
            return tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Sends SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String nextLine() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError(
                    "the process ended; its standard error: " + err.lines().toList());
        }
        return line;
    }

    List<String> remainingLines() {
        try (BufferedReader rest = out) {
            return rest.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitComplaint(Predicate<String> wanted) {
        if (err.lines().noneMatch(wanted)) {
            throw new AssertionError("the process ended without that line");
        }
    }

    /** {@return all lines of standard error} */
    List<String> complaints() {
        return err.lines().toList();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the process does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
