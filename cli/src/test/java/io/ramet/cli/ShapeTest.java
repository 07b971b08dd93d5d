package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.Shape;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ShapeTest {

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private final Session session = Session.withKeyOf(simulator);

    @ParameterizedTest
    @EnumSource
    void everyShapeKeepsTheLimit(Shape shape) {
        assertThat(session.clone(
                        simulator,
                        "--goods-num=630",
                        "--billing=payg",
                        "--yes",
                        "--shape=" + shape.name().toLowerCase(Locale.ROOT)))
                .isZero();
        assertThat(simulator.books().bought()).isEqualTo(630);
        assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                .isLessThanOrEqualTo(20);
    }

    @Test
    void pacedSpreadsThemEvenly() {
        RequestShaper shaper = Shape.PACED.shaper(20);
        List<Long> granted = Flux.range(0, 5)
                .flatMap(call -> shaper.shape(Mono.fromSupplier(System::nanoTime)))
                .sort()
                .collectList()
                .block(Duration.ofSeconds(20));
        assertThat(Duration.ofNanos(granted.get(4) - granted.get(0)))
                .as("four gaps of 52.5 ms")
                .isGreaterThan(Duration.ofMillis(4 * 45));
    }

    @Test
    void aSharedLimitExcludesAShape() {
        assertThat(session.clone(
                        simulator,
                        "--goods-num=1",
                        "--billing=payg",
                        "--yes",
                        "--shape=window",
                        "--shaper=redis://127.0.0.1:1"))
                .isEqualTo(2);
        assertThat(session.err()).contains("--shape window: excludes --shaper");
        assertThat(simulator.books().arrivals()).isEmpty();
    }
}
