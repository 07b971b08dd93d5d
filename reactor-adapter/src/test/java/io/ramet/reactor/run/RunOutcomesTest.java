package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunOutcomesTest {

    private final ClonePlan plan = Fixtures.plan(30 * 200);
    private final RunOutcomes outcomes = new RunOutcomes();

    @ParameterizedTest
    @CsvSource({
        "d, n, crs-1, crs-1 was reported for chunk 0 and for chunk 1",
        "d, , , DealId d was reported for chunk 0 and for chunk 1",
        ", n, , DealName n was reported for chunk 0 and for chunk 1"
    })
    void anInstanceADealIdOrADealNameThatIsReportedForTwoChunksIsNoticed(
            String dealId, String dealName, String instance, String what) {
        assertThat(outcomes.add(new Cloned(plan.chunk(0), new Deal("d", "n", List.of("crs-1"), null))))
                .isNull();
        List<String> ids = instance == null ? List.of() : List.of(instance);
        assertThat(outcomes.add(new Cloned(plan.chunk(1), new Deal(dealId, dealName, ids, null))))
                .isEqualTo(what);
    }

    @Test
    void anOutcomeInPlaceOfAnEarlierOneOfItsChunkRepeatsNothing() {
        outcomes.add(cloned(0, "crs-1"));
        assertThat(outcomes.add(cloned(0, "crs-1"))).isNull();
        outcomes.add(new InDoubt(plan.chunk(0), LostResponse.brokenOff()));
        assertThat(outcomes.add(cloned(1, "crs-1")))
                .as("chunk 0 names it no longer")
                .isNull();
    }

    @Test
    void theLatestHundredChunksAreRemembered() {
        for (int index = 0; index < 100; index++) {
            outcomes.add(cloned(index, "crs-" + index));
        }
        assertThat(outcomes.add(cloned(100, "crs-0")))
                .as("the hundredth before it")
                .isNotNull();
        assertThat(outcomes.add(cloned(101, "crs-0")))
                .as("forgotten with chunk 0")
                .isNull();
    }

    @Test
    void outcomesThatTheJournalHasLostAreNamedAndCarriedAsFarAsTheyAreKnown() {
        for (int index = 0; index < 150; index++) {
            ChunkOutcome outcome = cloned(index, "crs-" + index);
            outcomes.add(outcome);
            outcomes.settled(outcome);
        }
        BitSet read = new BitSet();
        read.set(1, 149);
        JournalException lost = outcomes.lost(read);
        assertThat(lost).hasMessageContaining("the journal has lost the outcomes of chunks [0, 149]");
        assertThat(lost.unwritten()).containsExactly(cloned(149, "crs-149"));
        read.set(0, 150);
        assertThat(outcomes.lost(read)).isNull();
    }

    @Test
    void aRefusalThatIsNotInTheJournalAnyMoreWasReopened() {
        assertThat(outcomes.hasSettled()).isFalse();
        outcomes.settled(new NotCloned(plan.chunk(0), new ApiRefusal(ErrorCodes.of("LimitExceeded"), "test", null)));
        assertThat(outcomes.hasSettled()).isTrue();
        assertThat(outcomes.lost(new BitSet())).isNull();
    }

    @Test
    void aFailureOfTheJournalItselfCarriesTheOutcomesThatCouldNotBeWritten() {
        JournalException full = new JournalException("full", null);
        assertThat(outcomes.carriedBy(full)).isSameAs(full);
        outcomes.unwritten(cloned(0, "crs-1"));
        assertThat(outcomes.carriedBy(full))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        failure -> assertThat(failure.unwritten()).containsExactly(cloned(0, "crs-1")))
                .hasMessageStartingWith("full; not in the journal: ");
    }

    @Test
    void aRefusalOfAnEarlierRunMayVanishBecauseItIsReopened() {
        BitSet both = new BitSet();
        both.set(0, 2);
        BitSet refused = new BitSet();
        refused.set(1);
        outcomes.found(new Recovered(both, refused, List.of(), false));
        assertThat(outcomes.lost(new BitSet())).hasMessageContaining("chunks [0],");
    }

    private Cloned cloned(int index, String instance) {
        return new Cloned(plan.chunk(index), new Deal(null, null, List.of(instance), null));
    }
}
