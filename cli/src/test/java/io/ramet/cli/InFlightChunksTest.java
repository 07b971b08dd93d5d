package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.NotSent;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightChunksTest {

    private final InFlightChunks onTheWay = new InFlightChunks();
    private final CloneChunk chunk = ClonePlan.of(CloneRequest.builder()
                    .instanceId("crs-1")
                    .backupId("1")
                    .goodsNum(1)
                    .payAsYouGo()
                    .zoneId(1)
                    .securityGroups("sg-1")
                    .noAuth()
                    .build())
            .chunk(0);

    @Test
    void ofWhatThisRunDidNotTouchNothingIsSaidBecauseAJournalMayKnowIt() {
        assertThat(onTheWay.asOfNow(chunk)).isEmpty();
    }

    @Test
    void whatWasSentIsInDoubt() {
        onTheWay.sending(chunk, 1);

        assertThat(onTheWay.asOfNow(chunk)).containsInstanceOf(InDoubt.class);
    }

    @Test
    void whatAnEarlierProcessSentAndIsLookedForIsInDoubt() {
        onTheWay.reconciling(chunk);

        assertThat(onTheWay.asOfNow(chunk)).containsInstanceOf(InDoubt.class);
    }

    @Test
    void whatSurelyHadNoEffectIsNotInDoubt() {
        onTheWay.sending(chunk, 1);
        onTheWay.again(chunk, new NotSent(NotSent.Reason.NO_CONNECTION, "refused", null), Duration.ZERO);

        assertThat(onTheWay.asOfNow(chunk)).isEmpty();
    }

    @Test
    void whatIsSettledButNotWrittenOutKeepsItsDeal() {
        Cloned cloned = new Cloned(chunk, new Deal("1", null, List.of("crs-2"), null));
        onTheWay.sending(chunk, 1);
        onTheWay.settled(cloned);

        assertThat(onTheWay.asOfNow(chunk)).contains(cloned);
    }
}
