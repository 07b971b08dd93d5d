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

    private static List<Fault> faults(Misbehaviour misbehaviour, int requests) {
        return LongStream.rangeClosed(1, requests)
                .mapToObj(ordinal -> misbehaviour.on(arrival("CloneInstances", ordinal)))
                .toList();
    }

    @Test
    void scriptRunsOnceThenTheServerIsHealthy() {
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
    void seedDecidesTheFaultOfTheNthRequest() {
        List<Fault> faults = faults(Misbehaviour.seeded(7, 0.5, HANG, GARBAGE), 200);

        assertThat(faults(Misbehaviour.seeded(7, 0.5, HANG, GARBAGE), 200)).isEqualTo(faults);
        assertThat(faults(Misbehaviour.seeded(8, 0.5, HANG, GARBAGE), 200)).isNotEqualTo(faults);
        assertThat(Misbehaviour.seeded(7, 0.5, HANG, GARBAGE).on(arrival("CloneInstances", 150)))
                .isEqualTo(faults.get(149));
    }

    @Test
    void probabilityCountsAnyFaultAndAllAreEquallyLikely() {
        List<Fault> faults = faults(Misbehaviour.seeded(7, 0.3, HANG, GARBAGE), 2000);

        assertThat(faults.stream().filter(HANG::equals).count()).isBetween(240L, 360L);
        assertThat(faults.stream().filter(GARBAGE::equals).count()).isBetween(240L, 360L);
    }

    @Test
    void probabilityOneHitsEveryCloneRequestAndNoOtherAction() {
        Misbehaviour certain = Misbehaviour.seeded(1, 1.0, HANG);

        assertThat(faults(certain, 50)).containsOnly(HANG);
        assertThat(certain.on(arrival("DescribeInstances", 1))).isEqualTo(Fault.none());
    }

    @Test
    void seededFaultsCanHitAnotherAction() {
        Misbehaviour certain = Misbehaviour.seeded("DestroyPostpaidInstance", 1, 1.0, HANG);

        assertThat(certain.on(arrival("DestroyPostpaidInstance", 1))).isEqualTo(HANG);
        assertThat(certain.on(arrival("CloneInstances", 1))).isEqualTo(Fault.none());
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

        assertThat(both.delay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(both.ending()).isEqualTo(GARBAGE.ending());
        assertThat(both.executes()).isFalse();
        assertThat(both.visibleAfter()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void healthyFaultAddsNothing() {
        assertThat(Fault.none().and(HANG)).isEqualTo(HANG);
        assertThat(HANG.and(Fault.none())).isEqualTo(HANG);
    }
}
