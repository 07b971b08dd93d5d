package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** The log of a client. */
@Timeout(60)
@Isolated
class LogTest {

    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();
    private final CloneClientBuilder builder = Fixtures.client(simulator);

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void anObserverWhoseExceptionCannotBeLoggedChangesNothing() {
        CloneObserver throwing = new CloneObserver() {
            @Override
            public void settled(ChunkOutcome outcome) {
                throw new UnprintableException();
            }
        };
        builder.observer(throwing);
        assertThat(debugLines(
                        "observe.SafeObserver",
                        client -> assertThat(client.cloneReport(plan(90))
                                        .block(PATIENCE)
                                        .complete())
                                .isTrue()))
                .hasSize(3)
                .containsOnly("an observer has failed: " + UnprintableException.class.getName());
    }

    private static final class UnprintableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @Test
    void eachAttemptIsOneLineAtDebugWithItsRequestId() {
        simulator.misbehave(Misbehaviour.scripted(Fault.throttle()));

        assertThat(debugLines(
                        "call.ChunkCall", client -> client.cloneReport(plan(90)).block(PATIENCE)))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("RequestId"));
    }

    @Test
    void eachOperationThatBuysNothingIsOneLineAtDebug() {
        assertThat(debugLines("lookup.ObservedOperations", client -> {
                    client.lookups()
                            .backups("crs-none")
                            .then()
                            .onErrorComplete()
                            .block(PATIENCE);
                    client.lookups().price(plan(30).request()).block(PATIENCE);
                    client.lookups().preflight(plan(30)).block(PATIENCE);
                }))
                .satisfiesExactly(
                        backups -> assertThat(backups).startsWith("backups "),
                        price -> assertThat(price).isEqualTo("price completed"),
                        preflight -> assertThat(preflight).isEqualTo("preflight completed"));
    }

    private List<String> debugLines(String name, Consumer<CloneClient> use) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.ramet.reactor." + name);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.setContext(logger.getLoggerContext());
        lines.start();
        Level before = logger.getLevel();
        boolean additive = logger.isAdditive();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(lines);
        try (CloneClient client = builder.build()) {
            use.accept(client);
        } finally {
            logger.detachAppender(lines);
            logger.setAdditive(additive);
            logger.setLevel(before);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
