package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemoryJournalTest extends JournalContract {

    private final CloneJournal journal = CloneJournal.inMemory();
    private final ClonePlan plan = plan("order-1", 60);

    @Override
    CloneJournal journal() {
        return journal;
    }

    @Test
    void aPlanThatIsHeldIsNotClaimedAgain() {
        PlanJournal held = journal.open(plan, REGION).block();
        assertThatThrownBy(() -> journal.open(plan, REGION).block()).isInstanceOf(PlanBusyException.class);
        assertThatThrownBy(() -> journal.reopen(plan.id(), REGION).block()).isInstanceOf(PlanBusyException.class);
        held.release().block();
        assertThat(journal.open(plan, REGION).block()).isNotNull();
    }

    @Test
    void aReleasedHandleNeitherWritesNorReleasesForItsSuccessor() {
        PlanJournal first = journal.open(plan, REGION).block();
        first.sending(plan.chunk(0), 100).block();
        first.release().block();
        PlanJournal second = journal.open(plan, REGION).block();
        assertThat(second.known().pending()).hasSize(1);
        Cloned late = new Cloned(plan.chunk(0), new Deal("1", null, List.of("crs-1"), null));
        assertThatThrownBy(() -> first.settled(late).block()).isInstanceOf(JournalException.class);
        assertThatThrownBy(() -> first.sending(plan.chunk(1), 100).block()).isInstanceOf(JournalException.class);
        first.release().block();
        first.handOff().block();
        assertThatThrownBy(() -> journal.open(plan, REGION).block()).isInstanceOf(PlanBusyException.class);
    }

    @Test
    void aFullJournalDropsThePlanThatEndedLongestAgoAndRefusesItFromThenOn() {
        CloneJournal small = new MemoryJournal(3 * 2_770, Clock.systemUTC());
        List<ClonePlan> plans =
                Stream.of("a", "b", "c", "d").map(id -> plan(id, 1)).toList();
        PlanJournal held = small.open(plans.get(0), REGION).block();
        for (ClonePlan ended : plans.subList(1, 4)) {
            small.open(ended, REGION).flatMap(PlanJournal::release).block();
        }
        assertThat(small.plans()
                        .map(stored -> stored.id().value())
                        .collectList()
                        .block())
                .containsExactly("a", "c", "d");
        assertThatThrownBy(() -> small.open(plans.get(1), REGION).block())
                .isInstanceOf(ForgottenPlanException.class)
                .hasMessageContaining("plan b has ended");
        held.sending(plans.get(0).chunk(0), 100).block();
        assertThat(small.open(plans.get(2), REGION).block())
                .as("one that is kept")
                .isNotNull();
    }

    @Test
    void aFullJournalThatCanDropNothingRefusesANewPlan() {
        CloneJournal small = new MemoryJournal(2 * 2_770, Clock.systemUTC());
        small.open(plan("running", 1), REGION).block();
        small.open(plan("abandoned", 1), REGION).flatMap(PlanJournal::handOff).block();
        assertThatThrownBy(() -> small.open(plan("new", 1), REGION).block())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("full");
    }

    @Test
    void aPlanThatCanNeverFitIsRefusedAndDropsNoOther() {
        CloneJournal small = new MemoryJournal(2 * 2_770, Clock.systemUTC());
        small.open(plan("ended", 1), REGION).flatMap(PlanJournal::release).block();
        assertThatThrownBy(() -> small.open(plan("huge", 1_000), REGION).block())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("full");
        assertThat(small.find(plan("ended", 1).id()).block()).isNotNull();
    }
}
