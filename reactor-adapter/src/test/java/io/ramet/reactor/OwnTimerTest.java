package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** An application's test may replace Reactor's schedulers before the first client of the process is built. */
class OwnTimerTest {

    @BeforeEach
    void replaceSchedulers() {
        VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    void restoreSchedulers() {
        VirtualTimeScheduler.reset();
    }

    @Test
    void theTimerKeepsRealTimeOnThreadsThatMustNotBlock() {
        Scheduler timer = OwnTimer.create();
        assertThat(Mono.delay(Duration.ofMillis(1), timer)
                        .map(ended -> Schedulers.isInNonBlockingThread()
                                && Thread.currentThread().isDaemon()
                                && Thread.currentThread().getName().startsWith("ramet-timer"))
                        .block(PATIENCE))
                .isTrue();
        timer.dispose();
    }
}
