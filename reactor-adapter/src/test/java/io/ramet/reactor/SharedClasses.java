package io.ramet.reactor;

import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The class path of the tests in jars, and an archive of the classes that a client loads: with these a child JVM starts
 * in half the time.
 */
public final class SharedClasses {

    /** Each process has its own folder, because a jar is incomplete while another process writes it again. */
    private static final Path HOME = Path.of(
                    "target",
                    "child-jvm",
                    String.valueOf(ProcessHandle.current().pid()))
            .toAbsolutePath();

    /** To make the archive takes as long as it saves for ten JVMs. */
    private static final int WORTHWHILE = 10;

    private static final Path ARCHIVE = HOME.resolve("classes.jsa");

    private static List<String> options = List.of();

    private SharedClasses() {}

    /** {@return the options of a JVM that has the classes of this one; for few, an archive takes longer than it saves} */
    public static List<String> options(int jvms) throws IOException, InterruptedException {
        return jvms < WORTHWHILE ? List.of("-cp", entries()) : options();
    }

    /** {@return the options of a JVM that has the classes of this one, with the archive} */
    public static synchronized List<String> options() throws IOException, InterruptedException {
        if (options.isEmpty()) {
            Files.createDirectories(HOME);
            Files.deleteIfExists(ARCHIVE);
            String classPath = classPath();
            warmUp(List.of("-XX:ArchiveClassesAtExit=" + ARCHIVE, "-cp", classPath));
            options = List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-cp", classPath);
        }
        return options;
    }

    /** Loads what children load, by buying a plan. */
    private static void warmUp(List<String> options) throws IOException, InterruptedException {
        Path file = Files.createTempDirectory(HOME, "warm-up").resolve("journal.db");
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                ChildJvm child = new ChildJvm(
                        HOME,
                        options,
                        KilledBuyer.class,
                        new KilledBuyer.Order(
                                        simulator.uri(),
                                        simulator.secretId(),
                                        simulator.secretKey(),
                                        file.toString(),
                                        "warm-up",
                                        1_000,
                                        KilledBuyer.Point.NEVER)
                                .arguments())) {
            child.awaitEnd();
        }
    }

    private static String classPath() throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : entries().split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = HOME.resolve(jars.size() + ".jar");
                pack(path, jar);
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(entry);
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private static String entries() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static void pack(Path folder, Path file) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file));
                Stream<Path> paths = Files.walk(folder)) {
            Iterator<Path> files = paths.filter(Files::isRegularFile).iterator();
            while (files.hasNext()) {
                Path path = files.next();
                jar.putNextEntry(new ZipEntry(folder.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, jar);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
