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
 * @param machine processor, number of cores, operating system
 * @param jdk version and vendor
 */
public record Environment(String date, String machine, String jdk) {

    /** {@return the environment of this process} */
    public static Environment here() {
        String machine = processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores, "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
        String jdk = Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        return new Environment(LocalDate.now(ZoneOffset.UTC).toString(), machine, jdk);
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }
}
