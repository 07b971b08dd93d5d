package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.RequestShaper;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

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

    /** The thread that polls is often the event loop, and 20,000 plans once kept it from its connections for minutes. */
    @Test
    void theTimeOfATurnDoesNotGrowWithTheNumberOfPlans() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch allSent = new CountDownLatch(REQUESTS);
        Sinks.Empty<Void> end = Sinks.empty();
        InFlightSlots slots = new InFlightSlots(1, RequestShaper.paced(20));
        for (int i = 0; i < REQUESTS; i++) {
            AtomicInteger chunks = new AtomicInteger(1);
            slots.ready(new InFlightSlots.Source() {
                @Override
                public int priority() {
                    asked.incrementAndGet();
                    return 0;
                }

                @Override
                public Mono<Void> next() {
                    return chunks.getAndDecrement() > 0 ? end.asMono().doOnTerminate(allSent::countDown) : null;
                }
            });
        }
        end.tryEmitEmpty();
        assertThat(allSent.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(asked).hasValueLessThanOrEqualTo(3 * REQUESTS);
    }
}
