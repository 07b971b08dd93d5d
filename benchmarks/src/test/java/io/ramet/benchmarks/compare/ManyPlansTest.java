package io.ramet.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Says nothing about speed. */
class ManyPlansTest {

    @Test
    void everyPlanIsSentOnceAndWithinTheLimit() throws Exception {
        ManyPlans.measure(30, true, Duration.ofMinutes(1), pace -> {
            assertThat(pace.arrivals()).hasSize(30);
            assertThat(pace.peak()).isLessThanOrEqualTo(20);
            assertThat(pace.perSecond()).isPositive();
        });
    }
}
