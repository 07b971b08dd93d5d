package io.ramet.reactor.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainLoopTest {

    private final AtomicInteger taken = new AtomicInteger();
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final DrainLoop loop = new DrainLoop(steps::poll);

    @Test
    void aStepThatFailsHoldsUpNoneOfThoseAfterIt() {
        for (Throwable failure : List.of(new NoClassDefFoundError("test"), new IllegalStateException("test"))) {
            steps.add(() -> {
                throw sneaky(failure);
            });
            steps.add(taken::incrementAndGet);
        }
        loop.run();
        assertThat(taken).hasValue(2);
        steps.add(taken::incrementAndGet);
        loop.run();
        assertThat(taken).hasValue(3);
    }

    @Test
    void aLoopThatFindsNoNextStepLooksAgainWhenItIsCalledAgain() {
        AtomicInteger failures = new AtomicInteger(1);
        DrainLoop failing = new DrainLoop(() -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("test");
            }
            return steps.poll();
        });
        steps.add(taken::incrementAndGet);
        failing.run();
        assertThat(taken).hasValue(0);
        failing.run();
        assertThat(taken).hasValue(1);
    }

    private static RuntimeException sneaky(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }
}
