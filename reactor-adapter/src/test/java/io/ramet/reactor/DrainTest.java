package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.run.FairQueue;
import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Threads that meet where calls are handed on without a lock, as nearly at once as a barrier and a spin can make it. */
@Tag("soak")
class DrainTest {

    private static final int ROUNDS = Integer.getInteger("ramet.drains", 20_000);
    private static final int THREADS = 3;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final CyclicBarrier barrier = new CyclicBarrier(THREADS);

    @AfterEach
    public void stop() {
        threads.shutdownNow();
    }

    /** One that comes while another call is handed on leaves it to that thread, which must not have looked already. */
    @Test
    void everyCallComesToTheShaperOneAtATimeThoughOthersComeOrLeaveJustThen() throws Exception {
        OneAtATime shaper = new OneAtATime();
        for (int round = 0; round < ROUNDS; round++) {
            FairQueue lanes = new FairQueue(shaper);
            RequestShaper first = lanes.lane(() -> 0);
            RequestShaper second = lanes.lane(() -> 0);
            AtomicInteger done = new AtomicInteger();
            int spin = round % 50;
            meet(
                    spin,
                    () -> first.shape(Mono.fromRunnable(done::incrementAndGet)).block(Duration.ofSeconds(10)),
                    () -> second.shape(Mono.fromRunnable(done::incrementAndGet)).block(Duration.ofSeconds(10)),
                    () -> {
                        Disposable leaving = first.shape(Mono.empty()).subscribe();
                        leaving.dispose();
                        return null;
                    });
            assertThat(done).as("round %d", round).hasValue(2);
            assertThat(first.shape(Mono.just(round)).block(Duration.ofSeconds(10)))
                    .isEqualTo(round);
        }
        assertThat(shaper.most).hasValue(1);
    }

    private void meet(int spin, Callable<?>... works) throws Exception {
        List<Future<?>> meeting = new ArrayList<>();
        for (int i = 0; i < works.length; i++) {
            Callable<?> work = works[i];
            int wait = i * spin;
            meeting.add(threads.submit(() -> {
                barrier.await(10, TimeUnit.SECONDS);
                for (int n = 0; n < wait; n++) {
                    Thread.onSpinWait();
                }
                return work.call();
            }));
        }
        for (Future<?> one : meeting) {
            try {
                one.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("a thread failed", e.getCause());
            }
        }
    }

    /** Its permits come on another thread, and it counts who asks at once. */
    private static final class OneAtATime implements RequestShaper {

        private static final Permit PERMIT = new Permit() {
            @Override
            public boolean use() {
                return true;
            }

            @Override
            public void written() {}
        };

        private final AtomicInteger asking = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            return Mono.defer(() -> {
                AtomicBoolean asks = new AtomicBoolean(true);
                Runnable asked = () -> asking.addAndGet(asks.getAndSet(false) ? -1 : 0);
                most.accumulateAndGet(asking.incrementAndGet(), Math::max);
                return Mono.just(PERMIT)
                        .publishOn(Schedulers.parallel())
                        .doOnCancel(asked)
                        .doOnNext(permit -> asked.run())
                        .flatMap(permit -> exchange.apply(Mono.just(permit)));
            });
        }

        @Override
        public void pause(Duration time) {}
    }
}
