package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Arrival;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeTest {

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private final Session session = Session.withKeyOf(simulator);

    @ParameterizedTest
    @EnumSource
    void everyShapeKeepsTheLimit(Shape shape) {
        assertThat(session.clone(simulator, "--goods-num=630", "--billing=payg", "--yes", "--shape=" + shape))
                .isZero();
        assertThat(simulator.books().bought()).isEqualTo(630);
        assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1))).isLessThanOrEqualTo(20);
    }

    @Test
    void pacedSpreadsThemEvenly() {
        session.clone(simulator, "--goods-num=150", "--billing=payg", "--yes", "--shape=paced");
        List<Arrival> arrivals = simulator.books().arrivals("CloneInstances");
        assertThat(arrivals).hasSize(5);
        assertThat(Duration.ofNanos(arrivals.get(4).nanoTime() - arrivals.get(0).nanoTime()))
                .as("four gaps of 52.5 ms, less what the way of the last one was quicker")
                .isGreaterThan(Duration.ofMillis(100));
    }

    @Test
    void withASharedLimitThereIsNoChoice() {
        assertThat(session.clone(
                        simulator,
                        "--goods-num=1",
                        "--billing=payg",
                        "--yes",
                        "--shape=window",
                        "--shaper=redis://127.0.0.1:1"))
                .isEqualTo(2);
        assertThat(session.err()).contains("--shape and --shaper exclude each other");
        assertThat(simulator.books().arrivals()).isEmpty();
    }
}
