package io.ramet.reactor.call;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Reactor throws errors of the virtual machine past all operators. Here a log appender throws one while a response is
 * read.
 */
@Timeout(30)
@Isolated
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

    @Test
    @Tag("slow")
    @Tag("once")
    void anErrorInAHandlerOfAChannelLeavesAChunkInDoubtWhenItsTimeIsUp() {
        List<ChunkOutcome> outcomes = buy(Fixtures.client(simulator)
                .callTimeout(Duration.ofMillis(300))
                .reconcileFor(Duration.ZERO)
                .transport(ReactorNettyTransport.customizedBy(http ->
                        http.doOnConnected(connection -> connection.addHandlerLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                throw new NoClassDefFoundError("handler/Rare");
                            }
                        })))));
        BooksAssert.assertTruth("error", simulator, plan, outcomes);
        assertThat(outcomes).hasSize(3).hasAtLeastOneElementOfType(InDoubt.class);
    }

    @Test
    void anErrorInAHandlerOfAChannelThatOpensIsNotSentWhenItsTimeIsUp() {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        Mono<List<ChunkOutcome>> running = Mono.fromSupplier(() -> buy(Fixtures.client(simulator)
                        .time(timer, () -> timer.now(TimeUnit.NANOSECONDS))
                        .auditFor(Duration.ZERO)
                        .transport(ReactorNettyTransport.customizedBy(http ->
                                http.doOnChannelInit((observer, channel, address) -> channel.pipeline()
                                        .addFirst(new ChannelInboundHandlerAdapter() {
                                            @Override
                                            public void channelActive(ChannelHandlerContext context) {
                                                throw new NoClassDefFoundError("handler/Rare");
                                            }
                                        }))))))
                .subscribeOn(Schedulers.boundedElastic())
                .cache();
        Disposable waiting = running.subscribe();
        while (!waiting.isDisposed()) {
            timer.advanceTimeBy(Duration.ofSeconds(5));
            Mono.delay(Duration.ofMillis(5)).block();
        }
        assertThat(running.block())
                .hasSize(3)
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(NotCloned.class));
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    private List<ChunkOutcome> buy(Duration reconcileFor) {
        return buy(Fixtures.client(simulator).reconcileFor(reconcileFor));
    }

    private List<ChunkOutcome> buy(CloneClientBuilder builder) {
        try (CloneClient client = builder.build()) {
            return client.clone(plan).collectList().block(PATIENCE);
        }
    }
}
