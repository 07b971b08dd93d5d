package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * A program of this machine that runs as an ordinary user, for as long as a test needs it. Where it is not installed,
 * the test is skipped, and says so.
 */
final class Program implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** {@code nobody}: servers refuse to run as root, and a test must not. */
    private static final String NOBODY = "65534";

    private static final boolean ROOT = System.getProperty("user.name").equals("root");
    private static final List<Program> RUNNING = new CopyOnWriteArrayList<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Program::kill)));
    }

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
        RUNNING.add(this);
    }

    /** {@return where the program is; without it the test is skipped} */
    static String find(String name, String debianPackage) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(":")) {
            folders.add(Path.of(folder));
        }
        folders.add(Path.of("/usr/sbin"));
        Path postgres = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(postgres)) {
            try (Stream<Path> versions = Files.list(postgres)) {
                versions.map(version -> version.resolve("bin")).forEach(folders::add);
            }
        }
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseThrow(() -> missing(name, debianPackage));
    }

    private static TestAbortedException missing(String name, String debianPackage) {
        return skipped(name + " is not installed: apt-get install " + debianPackage);
    }

    /** {@return what ends a test that cannot run here; the reason is printed, too} */
    static TestAbortedException skipped(String reason) {
        String message = "SKIPPED, because " + reason;
        System.err.println("!!!!!!!! " + message + " !!!!!!!!");
        return new TestAbortedException(message);
    }

    /** {@return a new folder in {@code target} that the ordinary user can write to} */
    static Path folder(String name) throws Exception {
        Path target = Files.createDirectories(Path.of("target", "parts").toAbsolutePath());
        Path folder = Files.createTempDirectory(target, name);
        give(folder);
        if (!canEnter(folder)) {
            // The work tree is in a home that is closed to others.
            folder = Files.createTempDirectory(name);
            give(folder);
        }
        return folder;
    }

    private static void give(Path folder) throws IOException {
        if (ROOT) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
    }

    private static boolean canEnter(Path folder) throws Exception {
        return new ProcessBuilder(asUser("test", "-w", folder.toString()))
                        .start()
                        .waitFor()
                == 0;
    }

    private static List<String> asUser(String... command) {
        List<String> all = new ArrayList<>();
        if (ROOT) {
            all.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
        }
        all.addAll(List.of(command));
        return all;
    }

    /** Starts it in this folder; what it prints goes to a file there. */
    static Program start(Path folder, String... command) throws IOException {
        Path log = Files.createTempFile(folder, "log", ".txt");
        ProcessBuilder builder = new ProcessBuilder(asUser(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile());
        return new Program(builder.start(), log);
    }

    /** Runs it to its end. */
    static void run(Path folder, String... command) throws Exception {
        try (Program program = start(folder, command)) {
            assertThat(program.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as(program.toString())
                    .isTrue();
            assertThat(program.process.exitValue()).as(program.toString()).isZero();
        }
    }

    void signal(String name) throws Exception {
        run(log.getParent(), "kill", "-" + name, String.valueOf(process.pid()));
    }

    /** Waits for what this program must bring about, for as long as it runs. */
    void await(String what, Callable<Boolean> fact) throws Exception {
        Program.awaitThat(what, () -> {
            assertThat(process.isAlive()).as("%s: %s", what, this).isTrue();
            return fact.call();
        });
    }

    static void awaitThat(String what, Callable<Boolean> fact) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!fact.call()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** SIGKILL, for it and all its children: none of them can write anything more. */
    void kill() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one ->
                one.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        RUNNING.remove(this);
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        try {
            return process.info().command().orElse("ended") + " has printed: " + Files.readString(log);
        } catch (IOException e) {
            return process + ", output unreadable: " + e;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
