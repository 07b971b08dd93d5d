package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryJournalTest extends JournalContract {

    private final CloneJournal journal = CloneJournal.inMemory();
    private final ClonePlan plan = plan("order-1", 60);

    @Override
    CloneJournal journal() {
        return journal;
    }

    @Test
    void aPlanThatIsHeldIsTakenUpByNobodyElse() {
        PlanJournal held = journal.open(plan, REGION).block();
        assertThatThrownBy(() -> journal.open(plan, REGION).block()).isInstanceOf(PlanBusyException.class);
        assertThatThrownBy(() -> journal.reopen(plan.id(), REGION).block()).isInstanceOf(PlanBusyException.class);
        held.release().block();
        assertThat(journal.open(plan, REGION).block()).isNotNull();
    }

    @Test
    void whoHasLetGoOfAPlanNeitherWritesForTheNextNorLetsGoForHim() {
        PlanJournal first = journal.open(plan, REGION).block();
        first.sending(plan.chunk(0), 100).block();
        first.release().block();
        PlanJournal second = journal.open(plan, REGION).block();
        assertThat(second.known().unsettled()).hasSize(1);
        Cloned late = new Cloned(plan.chunk(0), new Deal("1", null, List.of("crs-1"), null));
        assertThatThrownBy(() -> first.settled(late).block()).isInstanceOf(JournalException.class);
        assertThatThrownBy(() -> first.sending(plan.chunk(1), 100).block()).isInstanceOf(JournalException.class);
        first.release().block();
        first.handOver().block();
        assertThatThrownBy(() -> journal.open(plan, REGION).block()).isInstanceOf(PlanBusyException.class);
    }
}
