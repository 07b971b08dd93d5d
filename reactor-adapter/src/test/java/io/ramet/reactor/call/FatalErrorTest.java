package io.ramet.reactor.call;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Reactor throws errors of the virtual machine past all operators. Here a log appender throws one while a response is
 * read.
 */
@Timeout(30)
class FatalErrorTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(ChunkCall.class);
    private final AtomicReference<Error> next = new AtomicReference<>();
    private final AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getMessage().contains("RequestId")) {
                Error error = next.getAndSet(null);
                if (error != null) {
                    throw error;
                }
            }
        }
    };
    private final ClonePlan plan = Fixtures.plan(90);
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    static List<Error> errors() {
        return List.of(new NoClassDefFoundError("test"), new StackOverflowError(), new OutOfMemoryError("test"));
    }

    @BeforeEach
    void failOnce() {
        failing.setContext(logger.getLoggerContext());
        failing.start();
        logger.addAppender(failing);
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(failing);
        logger.setLevel(null);
        simulator.close();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorWhileAResponseIsReadLeavesItsChunkInDoubtAndTheRunEnds(Error error) {
        next.set(error);
        List<ChunkOutcome> outcomes = buy(Duration.ZERO);
        BooksAssert.assertTruth("error", simulator, plan, outcomes);
        assertThat(outcomes)
                .filteredOn(InDoubt.class::isInstance)
                .singleElement()
                .satisfies(outcome -> assertThat(((InDoubt) outcome).failure())
                        .isInstanceOfSatisfying(LostResponse.class, lost -> {
                            assertThat(lost.phase()).isEqualTo(Phase.ANSWERED);
                            assertThat(lost.requestId()).isPresent();
                            assertThat(lost)
                                    .hasMessageContaining(error.getClass().getName());
                        }));
    }

    @Test
    void aChunkWhoseResponseCouldNotBeReadIsFoundByItsMark() {
        next.set(new NoClassDefFoundError("test"));
        assertThat(buy(Duration.ofMillis(150))).hasSize(3).allMatch(Cloned.class::isInstance);
        assertThat(next).hasValue(null);
    }

    private List<ChunkOutcome> buy(Duration reconcileFor) {
        try (CloneClient client =
                Fixtures.client(simulator).reconcileFor(reconcileFor).build()) {
            return client.clone(plan).collectList().block(PATIENCE);
        }
    }
}
