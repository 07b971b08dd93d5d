package io.ramet.reactor.shape;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {

    private static final long MILLISECOND = 1_000_000L;

    private final Silence silence = new Silence();

    @Test
    void itIsSilentAfterThreeTimesAsLongAsTheOneResponseThatIsKnownHasTaken() {
        silence.responded(0, silence.sent(0), 200 * MILLISECOND);
        assertThat(silence.usual()).isEqualTo(200 * MILLISECOND);
        silence.sent(1_000 * MILLISECOND);
        assertThat(silence.isSilent(1_600 * MILLISECOND)).isFalse();
        assertThat(silence.isSilent(1_600 * MILLISECOND + 1)).isTrue();
    }

    @Test
    void aRequestThatWasSentBeforeOneThatHasItsResponseIsSlowAndNoSilence() {
        silence.sent(0);
        silence.responded(MILLISECOND, silence.sent(0), MILLISECOND);
        assertThat(silence.isSilent(10_000 * MILLISECOND)).isFalse();
    }
}
