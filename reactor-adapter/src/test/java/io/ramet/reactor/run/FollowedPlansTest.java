package io.ramet.reactor.run;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UnknownPlanException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.scheduler.Schedulers;

class FollowedPlansTest {

    @Test
    void followingAPlanThatHasVanishedFromTheJournalFails() {
        FollowedPlans plans = new FollowedPlans(CloneJournal.inMemory(), Schedulers.parallel());
        assertThatThrownBy(() -> plans.follow(PlanId.of("order-1")).blockLast(PATIENCE))
                .isInstanceOf(UnknownPlanException.class);
    }

    @Test
    void anOutcomeIsShownThoughItsPlaceWasThatOfOneWhichTheDatabaseHasLost(@TempDir Path folder) throws Exception {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        CloneJournal journal = CloneJournal.jdbc(database);
        ClonePlan plan = Fixtures.plan("order-1", 90);
        PlanJournal running = journal.open(plan, Fixtures.REGION).block(PATIENCE);
        settle(running, plan, 0);
        settle(running, plan, 1);
        List<ChunkOutcome> followed = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> end = new FollowedPlans(journal, Schedulers.parallel())
                .follow(plan.id())
                .doOnNext(followed::add)
                .then()
                .toFuture();
        Fixtures.await(() -> followed.size() == 2);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM ramet_chunk");
        }
        settle(running, plan, 2);
        running.release().block(PATIENCE);
        end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(followed).extracting(outcome -> outcome.chunk().index()).containsExactly(0, 1, 2);
        journal.close();
    }

    private static void settle(PlanJournal running, ClonePlan plan, int index) {
        running.sending(plan.chunk(index), 100).block(PATIENCE);
        Deal deal = new Deal("deal-" + index, null, List.of("crs-" + index), null);
        running.settled(new Cloned(plan.chunk(index), deal)).block(PATIENCE);
    }
}
