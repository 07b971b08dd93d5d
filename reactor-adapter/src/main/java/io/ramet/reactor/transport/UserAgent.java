package io.ramet.reactor.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The name that all requests of this library carry. The vendor's support can find them by it. */
final class UserAgent {

    static final String NAME = "ramet/" + version();

    private UserAgent() {}

    /** Written by the build; the sources alone have no version. */
    private static String version() {
        try (InputStream in = UserAgent.class.getResourceAsStream("version.txt")) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.matches("[\\w.-]+") ? text : "dev";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
