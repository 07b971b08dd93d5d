package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ramet.simulator.Simulator;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a folder like that of the distribution, with the classes of this build. */
@Tag("soak")
@Timeout(240)
class LauncherTest {

    @TempDir
    private Path folder;

    private Path launcher;

    @BeforeEach
    void unpack() throws IOException {
        assumeTrue(File.separatorChar == '/', "the launcher for Windows is another one");
        Path home = folder.resolve("with space").resolve("ramet");
        Path lib = Files.createDirectories(home.resolve("lib"));
        launcher = Files.createDirectories(home.resolve("bin")).resolve("ramet");
        Files.copy(Path.of("src", "main", "launcher", "bin", "ramet"), launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        jar(lib);
    }

    @Test
    void itBuysAndTheStartsAfterTheFirstUseTheArchiveThatItMade() throws Exception {
        Path cache = folder.resolve("cache");
        try (Simulator simulator = Simulator.start()) {
            assertThat(buy(simulator, cache)).isEqualTo("exit 0");
            Path archive = awaitArchive(cache.resolve("ramet"));
            long made = Files.getLastModifiedTime(archive).toMillis();

            assertThat(buy(simulator, cache)).isEqualTo("exit 0");

            assertThat(simulator.books().bought()).isEqualTo(2);
            assertThat(Files.getLastModifiedTime(archive).toMillis()).isEqualTo(made);
            assertThat(run(cache, simulator, "--help").get(0)).startsWith("Usage: ramet");
        }
    }

    @Test
    void itWorksWhereTheCacheCannotBeWritten() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        try (Simulator simulator = Simulator.start()) {
            assertThat(buy(simulator, file)).isEqualTo("exit 0");
            assertThat(simulator.books().bought()).isEqualTo(1);
        }
        assertThat(file).isEmptyFile();
    }

    @Test
    void theCommandsThatArePrintedNameTheLauncher() throws Exception {
        try (Simulator simulator = Simulator.builder().accountQuota(0).start()) {
            assertThat(run(folder.resolve("file"), simulator, buying(simulator)))
                    .anyMatch(line -> line.contains("'" + launcher + "' resume "))
                    .endsWith("exit 3");
        }
    }

    /** {@return the last line, which is the exit code} */
    private String buy(Simulator simulator, Path cache) throws Exception {
        List<String> lines = run(cache, simulator, buying(simulator));
        assertThat(lines).noneMatch(line -> line.contains("warning"));
        return lines.get(lines.size() - 1);
    }

    private static String[] buying(Simulator simulator) {
        return Stream.concat(
                        Stream.of(
                                "clone",
                                "--endpoint=" + simulator.uri(),
                                "--region=ap-guangzhou",
                                "--goods-num=1",
                                "--billing=payg",
                                "--again",
                                "--yes"),
                        Fixtures.REQUEST.stream())
                .toArray(String[]::new);
    }

    private List<String> run(Path cache, Simulator simulator, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
        builder.environment().put("TENCENTCLOUD_SECRET_ID", simulator.secretId());
        builder.environment().put("TENCENTCLOUD_SECRET_KEY", simulator.secretKey());
        Process process = builder.start();
        try {
            List<String> lines = new ArrayList<>(process.inputReader().lines().toList());
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            lines.add("exit " + process.exitValue());
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path awaitArchive(Path cache) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (System.nanoTime() < until) {
            try (Stream<Path> files = Files.list(cache)) {
                List<Path> whole = files.filter(
                                file -> file.getFileName().toString().matches("\\d+"))
                        .toList();
                if (!whole.isEmpty()) {
                    return whole.get(0);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new AssertionError("no archive was made in " + cache);
    }

    /** A jar that names the class path of this test: an archive holds classes of jars alone, not of folders. */
    private static void jar(Path lib) throws IOException {
        List<String> classPath = new ArrayList<>();
        String paths = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String path : paths.split(File.pathSeparator)) {
            Path entry = Path.of(path);
            if (Files.isDirectory(entry)) {
                Path jar = lib.resolve(classPath.size() + ".jar");
                try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
                    copy(entry, out);
                }
                entry = jar;
            }
            classPath.add(entry.toUri().toString());
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Ramet.class.getName());
        manifest.getMainAttributes()
                .put(Attributes.Name.CLASS_PATH, classPath.stream().collect(Collectors.joining(" ")));
        OutputStream file = Files.newOutputStream(lib.resolve("ramet.jar"));
        new JarOutputStream(file, manifest).close();
    }

    private static void copy(Path folder, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                    Files.copy(file, out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
