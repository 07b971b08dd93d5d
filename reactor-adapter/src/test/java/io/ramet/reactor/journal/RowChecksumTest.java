package io.ramet.reactor.journal;

import static io.ramet.reactor.journal.JournalContract.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.plan.CloneChunk;
import io.ramet.plan.PlanId;
import org.junit.jupiter.api.Test;

class RowChecksumTest {

    /** Otherwise the rows of an earlier version would be reported as damaged. */
    @Test
    void theChecksumOfARowIsTheSameInEveryVersion() {
        CloneChunk chunk = plan("order-1", 30).chunk(0);
        StoredPlan stored = new StoredPlan(PlanId.of("order-1"), "ap-guangzhou", 30, "{}", false, false, null);
        assertThat(RowChecksum.of(stored, "fingerprint")).isEqualTo(3_977_610_529L);
        assertThat(RowChecksum.of(chunk, null, null)).isEqualTo(2_592_553_316L);
        assertThat(RowChecksum.of(chunk, 100L, null)).isEqualTo(321_146_980L);
        assertThat(RowChecksum.of(chunk, null, "{}")).isEqualTo(841_863_544L);
        assertThat(RowChecksum.of(PlanId.of("order-1"), "crs-1", "ISOLATED", "task-1"))
                .isEqualTo(1_912_925_542L);
    }
}
