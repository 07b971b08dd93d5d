package io.ramet.reactor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionAgesTest {

    private final ConnectionAges ages = new ConnectionAges();

    @Test
    void aConnectionIsTooOldAfterSevenHundredMilliseconds() {
        assertThat(isYoung(20)).isTrue();
        assertThat(isYoung(700)).isTrue();
        assertThat(isYoung(701)).isFalse();
    }

    @Test
    void whereEveryConnectionTakesLongOnlyOneThatTakesTwiceAsLongIsTooOld() {
        assertThat(isYoung(1_500)).isTrue();
        assertThat(isYoung(2_900)).isTrue();
        assertThat(isYoung(3_001)).isFalse();
    }

    @Test
    void connectionsThatHaveBecomeSlowAreUsedAgainAfterThirtyTwo() {
        assertThat(isYoung(20)).isTrue();
        for (int i = 1; i < 32; i++) {
            assertThat(isYoung(900)).isFalse();
        }
        assertThat(isYoung(900)).isTrue();
    }

    private boolean isYoung(long millis) {
        return ages.isYoung(Duration.ofMillis(millis).toNanos());
    }
}
