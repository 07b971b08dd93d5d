package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryJournalTest {

    private static final String REGION = "ap-guangzhou";

    private final CloneJournal journal = CloneJournal.inMemory();
    private final ClonePlan plan = ClonePlan.of(
            PlanId.of("order-1"),
            CloneRequest.builder()
                    .instanceId("crs-xjhsdj12")
                    .backupId("b-1")
                    .goodsNum(60)
                    .payAsYouGo()
                    .zoneId(100003)
                    .securityGroups("sg-1")
                    .noAuth()
                    .build());

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
