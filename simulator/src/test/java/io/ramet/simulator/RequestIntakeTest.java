package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestIntakeTest {

    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration GREATEST = Duration.ofMillis(20);

    private final AtomicLong ticker = new AtomicLong();

    private RequestIntake intake(long seed) {
        return new RequestIntake(
                ticker::getAndIncrement, Map.of(), LEAST, GREATEST, Misbehaviour.none(), new Books(), seed);
    }

    private static List<Admission> admit(RequestIntake intake, int requests) {
        return IntStream.range(0, requests)
                .mapToObj(index -> intake.admit("CloneInstances", true))
                .toList();
    }

    @Test
    void latencyIsSpreadWithinItsBounds() {
        List<Admission> admissions = admit(intake(1), 500);

        assertThat(admissions)
                .extracting(Admission::latency)
                .allMatch(latency -> latency.compareTo(LEAST) >= 0 && latency.compareTo(GREATEST) <= 0);
        assertThat(admissions).extracting(Admission::latency).doesNotHaveDuplicates();
    }

    @Test
    void seedDecidesLatenciesAndRequestIds() {
        List<Admission> admissions = admit(intake(1), 20);
        ticker.set(0);

        assertThat(admit(intake(1), 20)).isEqualTo(admissions);
        ticker.set(0);
        assertThat(admit(intake(2), 20)).isNotEqualTo(admissions);
    }

    @Test
    void arrivalsAreCountedInTotalAndPerAction() {
        RequestIntake intake = intake(1);
        intake.admit("CloneInstances", true);
        intake.admit("DescribeInstances", true);

        Arrival arrival = intake.admit("CloneInstances", true).arrival();

        assertThat(arrival.sequence()).isEqualTo(3);
        assertThat(arrival.ordinal()).isEqualTo(2);
        assertThat(arrival.nanoTime()).isEqualTo(2);
    }

    @Test
    void eachActionHasItsOwnLimit() {
        RequestIntake intake = intake(1);
        admit(intake, 20);

        assertThat(intake.admit("CloneInstances", true).overLimit()).isTrue();
        assertThat(intake.admit("DescribeInstances", true).overLimit()).isFalse();
    }
}
