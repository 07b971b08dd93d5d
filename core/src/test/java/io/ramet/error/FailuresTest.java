package io.ramet.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void aLostResponseMayHaveHadAnEffectHoweverFarItGot() {
        for (LostResponse.Phase reached : LostResponse.Phase.values()) {
            LostResponse lost = new LostResponse(reached, "reset", null, new IOException("reset"));
            assertThat(lost.effect()).isEqualTo(Effect.POSSIBLE);
            assertThat(lost.phase()).isEqualTo(reached);
            assertThat(lost).hasMessage("no trustworthy response: reset").hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aRequestThatWasNotSentHadNoEffect() {
        for (NotSent.Reason why : NotSent.Reason.values()) {
            NotSent notSent = new NotSent(why, "closed", null);
            assertThat(notSent.effect()).isEqualTo(Effect.NONE);
            assertThat(notSent.reason()).isEqualTo(why);
            assertThat(notSent.requestId()).isEmpty();
            assertThat(notSent).hasMessage("not sent: closed");
        }
    }

    @Test
    void aRefusalHasTheEffectOfItsCode() {
        for (ErrorCode code : ErrorCodes.all().values()) {
            assertThat(new ApiRefusal(code, "text", "r").effect())
                    .as(code.name())
                    .isEqualTo(code.effect());
        }
        assertThat(new ApiRefusal(ErrorCodes.of("Brand.New"), "text", null).effect())
                .isEqualTo(Effect.POSSIBLE);
    }
}
