package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DoorTest {

    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration GREATEST = Duration.ofMillis(20);

    private final AtomicLong ticker = new AtomicLong();

    private Door door(long seed) {
        return new Door(ticker::getAndIncrement, Map.of(), LEAST, GREATEST, Misbehaviour.none(), new Books(), seed);
    }

    private static List<Admission> admit(Door door, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(call -> door.admit("CloneInstances", true))
                .toList();
    }

    @Test
    void latencyIsSpreadWithinItsBounds() {
        List<Admission> admissions = admit(door(1), 500);

        assertThat(admissions)
                .extracting(Admission::latency)
                .allMatch(latency -> latency.compareTo(LEAST) >= 0 && latency.compareTo(GREATEST) <= 0);
        assertThat(admissions).extracting(Admission::latency).doesNotHaveDuplicates();
    }

    @Test
    void seedDecidesLatenciesAndRequestIds() {
        List<Admission> admissions = admit(door(1), 20);
        ticker.set(0);

        assertThat(admit(door(1), 20)).isEqualTo(admissions);
        ticker.set(0);
        assertThat(admit(door(2), 20)).isNotEqualTo(admissions);
    }

    @Test
    void arrivalsAreCountedInAllAndPerAction() {
        Door door = door(1);
        door.admit("CloneInstances", true);
        door.admit("DescribeInstances", true);

        Arrival arrival = door.admit("CloneInstances", true).arrival();

        assertThat(arrival.sequence()).isEqualTo(3);
        assertThat(arrival.ordinal()).isEqualTo(2);
        assertThat(arrival.nanoTime()).isEqualTo(2);
    }

    @Test
    void eachActionHasALimitOfItsOwn() {
        Door door = door(1);
        admit(door, 20);

        assertThat(door.admit("CloneInstances", true).overLimit()).isTrue();
        assertThat(door.admit("DescribeInstances", true).overLimit()).isFalse();
    }
}
