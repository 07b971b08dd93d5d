package io.ramet.reactor.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The User-Agent of all requests, by which the vendor's support can find them. */
final class UserAgent {

    static final String NAME = "ramet/" + version();

    private UserAgent() {}

    /** {@return the version that the build has written, or {@code dev} without a build} */
    private static String version() {
        try (InputStream in = UserAgent.class.getResourceAsStream("version.txt")) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.matches("[\\w.-]+") ? text : "dev";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
