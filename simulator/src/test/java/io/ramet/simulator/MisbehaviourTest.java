package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MisbehaviourTest {

    private static final Fault HANG = Fault.hang(true);
    private static final Fault GARBAGE = Fault.garbage(false);

    private static Arrival arrival(String action, long ordinal) {
        return new Arrival(ordinal, action, ordinal, 0, "request");
    }

    private static List<Fault> faults(Misbehaviour misbehaviour, int calls) {
        return LongStream.rangeClosed(1, calls)
                .mapToObj(ordinal -> misbehaviour.on(arrival("CloneInstances", ordinal)))
                .toList();
    }

    @Test
    void scriptIsPlayedOnceThenTheServerIsHealthy() {
        assertThat(faults(Misbehaviour.scripted(HANG, GARBAGE), 4))
                .containsExactly(HANG, GARBAGE, Fault.none(), Fault.none());
    }

    @Test
    void scriptDoesNotAdvanceOnOtherActions() {
        Misbehaviour script = Misbehaviour.scripted(HANG);

        assertThat(script.on(arrival("DescribeInstances", 1))).isEqualTo(Fault.none());
        assertThat(script.on(arrival("CloneInstances", 1))).isEqualTo(HANG);
    }

    @Test
    void seedDecidesTheFaultOfTheNthCall() {
        List<Fault> faults = faults(Misbehaviour.seeded(7, 0.5, HANG, GARBAGE), 200);

        assertThat(faults(Misbehaviour.seeded(7, 0.5, HANG, GARBAGE), 200)).isEqualTo(faults);
        assertThat(faults(Misbehaviour.seeded(8, 0.5, HANG, GARBAGE), 200)).isNotEqualTo(faults);
        assertThat(Misbehaviour.seeded(7, 0.5, HANG, GARBAGE).on(arrival("CloneInstances", 150)))
                .isEqualTo(faults.get(149));
    }

    @Test
    void probabilityIsThatOfAnyFaultAndEachIsAsLikely() {
        List<Fault> faults = faults(Misbehaviour.seeded(7, 0.3, HANG, GARBAGE), 2000);

        assertThat(faults.stream().filter(HANG::equals).count()).isBetween(240L, 360L);
        assertThat(faults.stream().filter(GARBAGE::equals).count()).isBetween(240L, 360L);
    }

    @Test
    void probabilityOneSparesNoCloneCallAndEveryOtherAction() {
        Misbehaviour certain = Misbehaviour.seeded(1, 1.0, HANG);

        assertThat(faults(certain, 50)).containsOnly(HANG);
        assertThat(certain.on(arrival("DescribeInstances", 1))).isEqualTo(Fault.none());
    }

    @Test
    void probabilityOutsideZeroToOneIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Misbehaviour.seeded(1, 1.1, HANG));
        assertThatIllegalArgumentException().isThrownBy(() -> Misbehaviour.seeded(1, Double.NaN, HANG));
    }

    @Test
    void combinedFaultAddsDelaysAndLetsTheLaterEndingWin() {
        Fault both = Fault.latency(Duration.ofSeconds(1))
                .and(HANG)
                .and(Fault.latency(Duration.ofSeconds(2)).and(GARBAGE))
                .and(Fault.lateVisibility(Duration.ofSeconds(9)));

        Course course = Course.of(both);

        assertThat(course.delay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(course.ending()).isEqualTo(GARBAGE);
        assertThat(course.visibleAfter()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void healthyFaultAddsNothing() {
        assertThat(Course.of(Fault.none().and(HANG))).isEqualTo(Course.of(HANG));
        assertThat(Course.of(HANG.and(Fault.none()))).isEqualTo(Course.of(HANG));
    }
}
