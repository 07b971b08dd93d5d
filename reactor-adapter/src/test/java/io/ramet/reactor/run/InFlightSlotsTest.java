package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.RequestShaper;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class InFlightSlotsTest {

    private static final int REQUESTS = 20_000;

    @Test
    void requestsThatEndAtOnceOverflowNoStack() throws InterruptedException {
        CountDownLatch allSent = new CountDownLatch(REQUESTS);
        AtomicInteger left = new AtomicInteger(REQUESTS);
        InFlightSlots slots = new InFlightSlots(2, RequestShaper.paced(20));
        slots.ready(new InFlightSlots.Source() {
            @Override
            public int priority() {
                return 0;
            }

            @Override
            public Mono<Void> next() {
                return left.getAndDecrement() > 0 ? Mono.fromRunnable(allSent::countDown) : null;
            }
        });
        assertThat(allSent.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
