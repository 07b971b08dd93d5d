package io.ramet.reactor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A program in a JVM of its own, which prints its steps to standard output and can be sent signals. */
public final class ChildJvm implements AutoCloseable {

    /** The prefix of a line that is a step. */
    static final String STEP = "> ";

    private final Process process;
    private final BufferedReader out;
    private @Nullable Thread reader;
    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final List<String> noise = new CopyOnWriteArrayList<>();

    /** {@code options} include the class path; {@code folder} is for its temporary files. */
    public ChildJvm(Path folder, List<String> options, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx96m",
                // Otherwise Netty loads the flight recorder.
                "-Dio.netty.jfr.enabled=false",
                "-Djava.io.tmpdir=" + folder));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        out = process.inputReader();
    }

    /** {@return the next step, or null when the process has ended} */
    public String next() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(STEP)) {
                String step = line.substring(STEP.length());
                steps.add(step);
                return step;
            }
            noise.add(line);
        }
        return null;
    }

    /** {@return true as soon as it comes to this point, false if it ends before} */
    boolean reaches(KilledBuyer.Point point) throws IOException {
        int times = 0;
        for (String step = next(); step != null; step = next()) {
            if (KilledBuyer.Point.kindOf(step).equals(point.kind()) && ++times == point.n()) {
                return true;
            }
        }
        return false;
    }

    public void await(Predicate<String> wanted) throws IOException {
        for (String step = next(); step != null; step = next()) {
            if (wanted.test(step)) {
                return;
            }
        }
        throw new AssertionError("the process ended before; " + this);
    }

    /** Writes a line to its standard input. */
    public void say(String line) throws IOException {
        Writer in = process.outputWriter();
        in.write(line + "\n");
        in.flush();
    }

    /** Reads on in the background, so that the process never waits for its output to be read. */
    public void readOn() {
        reader = new Thread(
                () -> {
                    try {
                        readToTheEnd();
                    } catch (IOException e) {
                        noise.add(e.toString());
                    }
                },
                "child-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void readToTheEnd() throws IOException {
        while (next() != null) {
            // Steps are kept.
        }
    }

    /** Reads on until the process has ended by itself. */
    public int awaitEnd() throws IOException, InterruptedException {
        if (reader == null) {
            readToTheEnd();
        } else {
            reader.join(TimeUnit.MINUTES.toMillis(1));
        }
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the process does not end; " + this);
        }
        return process.exitValue();
    }

    /** By its handle: the process object would close the output, and the steps in it would be lost. */
    public void kill() throws IOException, InterruptedException {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** {@return all steps that it has printed so far} */
    public List<String> steps() {
        return List.copyOf(steps);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return "steps " + steps + ", other output " + noise;
    }
}
