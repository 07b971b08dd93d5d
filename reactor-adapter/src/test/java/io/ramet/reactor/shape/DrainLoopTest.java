package io.ramet.reactor.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DrainLoopTest {

    @Test
    void eachCallRunsTheTaskOnceAndCallsThatComeMeanwhileRunItOnceMoreAllTogether() {
        AtomicInteger runs = new AtomicInteger();
        AtomicReference<DrainLoop> itself = new AtomicReference<>();
        DrainLoop loop = new DrainLoop(() -> {
            if (runs.incrementAndGet() == 2) {
                itself.get().run();
                itself.get().run();
            }
        });
        itself.set(loop);
        loop.run();
        assertThat(runs).hasValue(1);
        loop.run();
        assertThat(runs).hasValue(3);
        loop.run();
        assertThat(runs).hasValue(4);
    }
}
