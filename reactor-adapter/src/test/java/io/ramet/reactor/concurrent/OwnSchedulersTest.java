package io.ramet.reactor.concurrent;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** An application's test may replace Reactor's schedulers before the first client of the process is built. */
@Isolated
class OwnSchedulersTest {

    @BeforeEach
    void replaceSchedulers() {
        VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    void restoreSchedulers() {
        VirtualTimeScheduler.reset();
    }

    @Test
    void aSchedulerKeepsRealTimeOnThreadsThatMustNotBlock() {
        Scheduler timer = OwnSchedulers.create("test", 1);
        assertThat(Mono.delay(Duration.ofMillis(1), timer)
                        .map(ended -> Schedulers.isInNonBlockingThread()
                                && Thread.currentThread().isDaemon()
                                && Thread.currentThread().getName().startsWith("test"))
                        .block(PATIENCE))
                .isTrue();
        timer.dispose();
    }
}
