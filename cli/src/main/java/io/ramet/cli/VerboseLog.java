package io.ramet.cli;

/** The log of {@code --verbose}: what Ramet does, and warnings of the libraries. Ramet logs no secret at any level. */
final class VerboseLog {

    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private VerboseLog() {}

    /** Has no effect on loggers that exist already. */
    static void configure() {
        System.setProperty(PREFIX + "defaultLogLevel", "warn");
        System.setProperty(PREFIX + "log.io.ramet", "debug");
        System.setProperty(PREFIX + "showDateTime", "true");
        System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        System.setProperty(PREFIX + "showShortLogName", "true");
    }

    /** {@return the programs and the system that a bug report is about} */
    static String versions() {
        return String.join(
                ", ",
                new Ramet.Version().getVersion()[0],
                "Java " + System.getProperty("java.vm.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"));
    }
}
