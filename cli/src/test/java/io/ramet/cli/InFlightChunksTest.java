package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.NotSent;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightChunksTest {

    private final InFlightChunks inFlight = new InFlightChunks();
    private final CloneChunk chunk = Fixtures.plan("order-1", 1).chunk(0);

    @Test
    void aChunkThatThisRunDidNotTouchHasNoOutcomeBecauseTheJournalMayKnowOne() {
        assertThat(inFlight.asOfNow(chunk)).isEmpty();
    }

    @Test
    void aChunkThatWasSentIsInDoubt() {
        inFlight.sending(chunk, 1);

        assertThat(inFlight.asOfNow(chunk)).containsInstanceOf(InDoubt.class);
    }

    @Test
    void aChunkOfAnEarlierProcessThatIsBeingLookedUpIsInDoubt() {
        inFlight.reconciling(chunk);

        assertThat(inFlight.asOfNow(chunk)).containsInstanceOf(InDoubt.class);
    }

    @Test
    void aRequestThatCertainlyHadNoEffectIsNotInDoubt() {
        inFlight.sending(chunk, 1);
        inFlight.retrying(chunk, new NotSent(NotSent.Reason.NO_CONNECTION, "refused", null), Duration.ZERO);

        assertThat(inFlight.asOfNow(chunk)).isEmpty();
    }

    @Test
    void aSettledOutcomeThatIsNotPrintedYetKeepsItsDeal() {
        Cloned cloned = new Cloned(chunk, new Deal("1", null, List.of("crs-2"), null));
        inFlight.sending(chunk, 1);
        inFlight.settled(cloned);

        assertThat(inFlight.asOfNow(chunk)).contains(cloned);
    }

    @Test
    void theAuditOfARunThatWasInterruptedIsToo() {
        inFlight.audited(chunk.planId(), PlanAudit.none("the client was closed"));
        inFlight.interrupt();

        assertThat(inFlight.audited(CloneReport.of(Fixtures.plan("order-1", 1))).summary())
                .endsWith("not audited: interrupted");
    }
}
