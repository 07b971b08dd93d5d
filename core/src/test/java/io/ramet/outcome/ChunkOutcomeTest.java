package io.ramet.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ramet.error.ApiRefusal;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.model.Deal;
import io.ramet.model.Fixtures;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkOutcomeTest {

    private static final CloneChunk CHUNK =
            ClonePlan.of(PlanId.of("order-4711"), Fixtures.minimal().build()).chunk(8);
    private static final LostResponse LOST = new LostResponse(Phase.WRITTEN, "reset", "r", null);
    private static final ApiRefusal REFUSED = new ApiRefusal(ErrorCodes.of("LimitExceeded"), "quota", "r");
    private static final NotSent NOT_SENT = new NotSent(NotSent.Reason.RUN_STOPPED, "the run stopped", REFUSED);

    @Test
    void foldTakesTheBranchOfItsOwnOutcome() {
        assertThat(branch(new Cloned(CHUNK, deal(10)))).isEqualTo("cloned 8");
        assertThat(branch(new NotCloned(CHUNK, REFUSED))).isEqualTo("not cloned 8");
        assertThat(branch(new InDoubt(CHUNK, LOST))).isEqualTo("in doubt 8");
    }

    private static String branch(ChunkOutcome outcome) {
        return outcome.fold(
                yes -> "cloned " + yes.chunk().index(),
                no -> "not cloned " + no.chunk().index(),
                doubt -> "in doubt " + doubt.chunk().index());
    }

    @Test
    void aDealIsHandedOutAndAFailureIsThrownWithItsFields() {
        Deal deal = deal(10);
        assertThat(new Cloned(CHUNK, deal).orElseThrow()).isSameAs(deal);

        ChunkNotClonedException no = thrown(new NotCloned(CHUNK, REFUSED));
        assertThat(no.failure()).isSameAs(REFUSED);
        assertThat(no.chunk()).isEqualTo(CHUNK);
        assertThat(no.effect()).isEqualTo(Effect.NONE);
        assertThat(no).hasCause(REFUSED);
        assertThat(no).hasMessage("chunk 8 (" + CHUNK.instanceName() + "): LimitExceeded: quota (RequestId r)");

        ChunkNotClonedException doubt = thrown(new InDoubt(CHUNK, LOST));
        assertThat(doubt.failure()).isSameAs(LOST);
        assertThat(doubt.effect()).isEqualTo(Effect.POSSIBLE);
    }

    private static ChunkNotClonedException thrown(ChunkOutcome outcome) {
        ChunkNotClonedException thrown = catchThrowableOfType(ChunkNotClonedException.class, outcome::orElseThrow);
        assertThat(thrown).isNotNull();
        return thrown;
    }

    @Test
    void notClonedRefusesWhatMayHaveHadAnEffect() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NotCloned(CHUNK, LOST));
        for (ErrorCode code : ErrorCodes.all().values()) {
            ApiRefusal refusal = new ApiRefusal(code, "text", null);
            if (code.effect() == Effect.POSSIBLE) {
                assertThatIllegalArgumentException().as(code.name()).isThrownBy(() -> new NotCloned(CHUNK, refusal));
                assertThat(new InDoubt(CHUNK, refusal).failure()).isSameAs(refusal);
            } else {
                assertThatIllegalArgumentException().as(code.name()).isThrownBy(() -> new InDoubt(CHUNK, refusal));
                assertThat(new NotCloned(CHUNK, refusal).failure()).isSameAs(refusal);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new InDoubt(CHUNK, NOT_SENT));
    }

    @Test
    void aRefusedChunkDiffersFromOneThatWasNeverSent() {
        assertThat(new NotCloned(CHUNK, REFUSED).refused()).isTrue();
        assertThat(new NotCloned(CHUNK, NOT_SENT).refused()).isFalse();
    }

    @Test
    void aDealIsMeasuredAgainstItsChunk() {
        assertThat(List.of(missing(0), missing(9), missing(10), missing(11))).containsExactly(10, 1, 0, 0);
        assertThat(List.of(surplus(0), surplus(9), surplus(10), surplus(11))).containsExactly(0, 0, 0, 1);
    }

    @Test
    void anInstanceThatIsListedTwiceCountsOnce() {
        Deal twice = new Deal("d", null, List.of("crs-1", "crs-2", "crs-1"), null);

        assertThat(twice.instanceIds()).containsExactly("crs-1", "crs-2");
        assertThat(new Cloned(CHUNK, twice).missing()).isEqualTo(8);
        assertThat(twice.withInstanceIds(List.of("crs-3"))).isEqualTo(new Deal("d", null, List.of("crs-3"), null));
    }

    private static int missing(int ids) {
        return new Cloned(CHUNK, deal(ids)).missing();
    }

    private static int surplus(int ids) {
        return new Cloned(CHUNK, deal(ids)).surplus();
    }

    private static Deal deal(int ids) {
        return new Deal(
                null, "d", IntStream.range(0, ids).mapToObj(i -> "crs-" + i).toList(), "r");
    }
}
