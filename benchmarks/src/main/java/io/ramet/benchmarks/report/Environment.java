package io.ramet.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;

/**
 * The place and date of a measurement.
 *
 * @param date the day, in UTC
 * @param machine processor, how many of them, operating system
 * @param jdk vendor and version
 */
public record Environment(String date, String machine, String jdk) {

    /** {@return the environment of this process} */
    public static Environment here() {
        String machine = String.format(
                "%s × %d, %s %s",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"));
        String jdk = System.getProperty("java.vendor") + " " + Runtime.version();
        return new Environment(LocalDate.now(ZoneOffset.UTC).toString(), machine, jdk);
    }

    /** {@return the feature version of the JDK that runs this, such as 17} */
    public int feature() {
        return Runtime.version().feature();
    }

    /** {@return all of it in one line} */
    public String line() {
        return jdk + ", " + machine + ", " + date;
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .orElse("processor");
        } catch (IOException e) {
            return "processor";
        }
    }
}
