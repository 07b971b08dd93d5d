package io.ramet.cli;

import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command line within the test, with its input and its output. */
final class Session {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private CredentialsProvider credentials = CredentialsProvider.environment(Map.of());
    private final Path state;
    private String typed = "";
    private Runnable beforeTyping = () -> {};
    private @Nullable String password;
    private boolean terminal;
    private boolean full;
    private int columns = Integer.MAX_VALUE;
    private Map<String, String> environment = Map.of();
    private LongSupplier nanoTime = System::nanoTime;

    /** With a state folder of its own. */
    Session() {
        this(newState());
    }

    Session(Path state) {
        this.state = state;
    }

    static Path newState() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "state")), "of")
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Session withKeyOf(Simulator simulator) {
        return new Session().credentials(simulator.secretId(), simulator.secretKey());
    }

    /** {@return a session with the same folder and key, and with nothing printed yet} */
    Session next() {
        Session next = new Session(state);
        next.credentials = credentials;
        return next;
    }

    Session credentials(String secretId, String secretKey) {
        credentials = CredentialsProvider.fixed(Credentials.of(secretId, secretKey));
        return this;
    }

    Session environment(Map<String, String> variables) {
        environment = variables;
        return this;
    }

    Session nanoTime(LongSupplier time) {
        nanoTime = time;
        return this;
    }

    Session piped(String text) {
        typed = text;
        return this;
    }

    Session atTerminal(String text) {
        terminal = true;
        return piped(text);
    }

    /** Does something before the first line is typed. */
    Session atTerminal(String text, Runnable before) {
        beforeTyping = before;
        return atTerminal(text);
    }

    /** Types a password at a terminal that shows none of it. */
    Session password(String typed) {
        password = typed;
        terminal = true;
        return this;
    }

    /** At a terminal of this width. */
    Session columns(int width) {
        columns = width;
        return this;
    }

    /** Standard output accepts nothing, as on a full disk. */
    Session full() {
        full = true;
        return this;
    }

    /** Runs a command. Each command that it prints for pasting must be one that the command line can read. */
    int run(String... arguments) {
        int code = Ramet.commandLine(context(), arguments).execute(arguments);
        err().lines()
                .filter(line -> line.startsWith("  ramet ") && !line.endsWith(" ..."))
                .forEach(line -> Ramet.commandLine(context(), words(line)).parseArgs(words(line)));
        return code;
    }

    CliContext context() {
        return new CliContext(
                new TerminalWriter(full ? fullDisk() : out, () -> columns),
                new TerminalWriter(err, () -> columns),
                keyboard(),
                terminal,
                false,
                this::typePassword,
                List.of("ramet"),
                environment,
                network -> credentials,
                state,
                state,
                Clock.systemUTC(),
                nanoTime);
    }

    private BufferedReader keyboard() {
        return new BufferedReader(new StringReader(typed)) {
            @Override
            public String readLine() throws IOException {
                Runnable once = beforeTyping;
                beforeTyping = () -> {};
                once.run();
                return super.readLine();
            }
        };
    }

    private Optional<String> typePassword(String question) {
        err.write(question);
        return Optional.ofNullable(password);
    }

    private static Writer fullDisk() {
        return new OutputStreamWriter(
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                StandardCharsets.UTF_8);
    }

    int clone(Simulator simulator, String... more) {
        return clone(simulator.uri(), more);
    }

    /** Clones: the arguments that every test needs, then those of this one. */
    int clone(URI endpoint, String... more) {
        return run(Stream.of(
                        List.of("clone", "--endpoint=" + endpoint, "--region=ap-guangzhou"),
                        Fixtures.REQUEST,
                        List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** The words of a command that was printed for pasting, as a shell reads them. */
    String[] printed(String command) {
        return words(err().lines()
                .filter(candidate -> candidate.startsWith("  " + command))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not printed: " + command + " in " + err())));
    }

    private static String[] words(String line) {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", line.replaceFirst("ramet", "printf '%s\\\\n'"));
        try (BufferedReader words = shell.start().inputReader()) {
            return words.lines().toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> json() {
        return out().lines().map(Session::parsed).toList();
    }

    JsonNode lastJson() {
        List<JsonNode> lines = json();
        return lines.get(lines.size() - 1);
    }

    static JsonNode parsed(String line) {
        return JsonMapper.shared().readTree(line);
    }
}
