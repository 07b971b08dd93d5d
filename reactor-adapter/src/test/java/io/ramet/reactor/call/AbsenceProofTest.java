package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.Fixtures;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AbsenceProofTest {

    private static final long SIGNED = 1_790_000_000L;

    @Test
    void aListingIsProofOfAbsenceOnlyAfterTheSignatureHasExpiredAndTheLagIsOver() {
        assertThat(isGiven(Instant.ofEpochSecond(SIGNED + 300 + 120))).isFalse();
        assertThat(isGiven(Instant.ofEpochSecond(SIGNED + 300 + 120 + 2))).isFalse();
        assertThat(isGiven(Instant.ofEpochSecond(SIGNED + 300 + 120 + 3))).isTrue();
    }

    @Test
    void absenceProvesSomethingOnlyIfNoByteOfAResponseHasCome() {
        CloneChunk chunk = Fixtures.plan(30).chunk(0);
        assertThat(AbsenceProof.isPossible(new InDoubt(chunk, LostResponse.brokenOff())))
                .isTrue();
        assertThat(AbsenceProof.isPossible(new InDoubt(chunk, new LostResponse(Phase.ANSWERING, "test", null, null))))
                .isFalse();
        ApiRefusal unclear = new ApiRefusal(ErrorCodes.of("InternalError"), "test", null);
        assertThat(AbsenceProof.isPossible(new InDoubt(chunk, unclear))).isFalse();
        ApiRefusal refusal = new ApiRefusal(ErrorCodes.of("UnauthorizedOperation"), "test", null);
        assertThat(AbsenceProof.isPossible(new NotCloned(chunk, refusal))).isFalse();
    }

    @Test
    void aListingWithoutADateIsNoProof() {
        assertThat(isGiven(null)).isFalse();
    }

    private static boolean isGiven(Instant listed) {
        return AbsenceProof.isGiven(SIGNED, Duration.ofMinutes(2), listed);
    }
}
