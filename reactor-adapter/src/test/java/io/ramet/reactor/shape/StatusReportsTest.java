package io.ramet.reactor.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.Fixtures;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StatusReportsTest {

    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void changesDuringACallAreReportedTogether() {
        CountDownLatch paused = new CountDownLatch(1);
        StatusReports reports = new StatusReports(() -> {
            calls.incrementAndGet();
            Fixtures.await(() -> paused.getCount() == 0);
        });
        reports.changed();
        Fixtures.await(() -> calls.get() == 1);
        for (int i = 0; i < 10; i++) {
            reports.changed();
        }
        paused.countDown();
        Fixtures.await(() -> calls.get() == 2);
        reports.changed();
        Fixtures.await(() -> calls.get() == 3);
    }

    @Test
    void aListenerThatFailsIsCalledAgain() {
        StatusReports reports = new StatusReports(() -> {
            calls.incrementAndGet();
            throw new NoClassDefFoundError("test");
        });
        reports.changed();
        Fixtures.await(() -> calls.get() == 1);
        reports.changed();
        Fixtures.await(() -> calls.get() == 2);
    }

    @Test
    void aThreadThatCannotStartHoldsUpNoPermitAndNoLaterReport() {
        AtomicInteger starts = new AtomicInteger();
        StatusReports reports = new StatusReports(calls::incrementAndGet, task -> {
            if (starts.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        });
        reports.changed();
        assertThat(calls).hasValue(0);
        reports.changed();
        assertThat(calls).hasValue(1);
    }

    @Test
    @Tag("slow")
    @Tag("once")
    void noChangeIsLostWhenTheThreadEnds() {
        AtomicInteger state = new AtomicInteger();
        AtomicInteger reported = new AtomicInteger();
        StatusReports reports = new StatusReports(() -> reported.set(state.get()));
        for (int i = 1; i <= 1_000; i++) {
            int now = i;
            state.set(now);
            reports.changed();
            while (reported.get() != now && calls.incrementAndGet() < 1_000_000_000) {
                Thread.onSpinWait();
            }
            assertThat(reported).hasValue(now);
        }
    }
}
