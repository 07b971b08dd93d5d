package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SecrecyTest {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level usual = root.getLevel();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void logEverythingHereOnly() {
        root.iteratorForAppenders().forEachRemaining(appender -> appender.stop());
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void logAsUsual() {
        root.setLevel(usual);
        root.detachAppender(log);
        root.iteratorForAppenders().forEachRemaining(appender -> appender.start());
    }

    @Test
    void noSecretIsInAnyLogLineNorInTheBooks() throws IOException {
        String kept;
        SignedRequest request;
        try (Simulator simulator = Simulator.builder()
                .credentials("AKIDsecrecy", "the-key-of-this-test")
                .token("the-token-of-this-test")
                .start()) {
            request = SignedRequest.clone(simulator).header("X-TC-Token", "the-token-of-this-test");
            List<SignedRequest> requests = List.of(
                    request,
                    request.replacing("Sesame-opens-7", "sesame-"),
                    request.replacing("{", "{{"),
                    request.key("AKIDsecrecy", "the-other-key-of-this-test"));
            List<String> responses = new ArrayList<>();
            for (SignedRequest each : requests) {
                responses.add(Wire.exchange(simulator, each).toString());
            }
            kept = responses + " " + simulator.books().arrivals()
                    + simulator.books().executions() + simulator;
            assertThat(simulator.books().refusals()).hasSize(3);
        }

        String logged = String.join("\n", lines());
        assertThat(logged).contains("CloneInstances").contains("executed");
        assertThat(logged + kept)
                .doesNotContain("esame-")
                .doesNotContain("-key-of-this-test")
                .doesNotContain("-token-of-this-test")
                .doesNotContain("Signature=")
                .doesNotContain(request.authorization()
                        .substring(request.authorization().length() - 64));
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream()
                .map(event -> event.getLoggerName() + " " + event.getFormattedMessage() + " "
                        + (event.getThrowableProxy() == null
                                ? ""
                                : event.getThrowableProxy().getMessage()))
                .toList();
    }
}
