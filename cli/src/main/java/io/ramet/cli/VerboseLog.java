package io.ramet.cli;

/** The log of {@code --verbose}: what Ramet does, and warnings of the libraries. Ramet logs no secret at any level. */
final class VerboseLog {

    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private VerboseLog() {}

    /** Configures loggers that are created later. */
    static void configure() {
        System.setProperty(PREFIX + "defaultLogLevel", "warn");
        System.setProperty(PREFIX + "log.io.ramet", "debug");
        System.setProperty(PREFIX + "showDateTime", "true");
        System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        System.setProperty(PREFIX + "showShortLogName", "true");
    }

    /** {@return the versions of the programs and the system, for a bug report} */
    static String versions() {
        return String.join(
                ", ",
                new Ramet.Version().getVersion()[0],
                "Java " + System.getProperty("java.vm.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"));
    }
}
