package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.UnknownPlanException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

class FollowedPlansTest {

    @Test
    void followingAPlanThatHasVanishedFromTheJournalFails() {
        FollowedPlans plans = new FollowedPlans(CloneJournal.inMemory(), Schedulers.parallel());
        assertThatThrownBy(() -> plans.follow(PlanId.of("order-1")).blockLast(Duration.ofSeconds(15)))
                .isInstanceOf(UnknownPlanException.class);
    }
}
