package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The promises of every journal in a database, on each kind of database. */
abstract class JdbcJournalContract extends JournalContract {

    /** The clock of all journals of a test; the timer of a journal moves only when the test moves it. */
    final JournalTime time = new JournalTime();

    private @Nullable DataSource database;

    /** A new and empty database. */
    abstract DataSource newDatabase() throws Exception;

    private final ClonePlan plan = plan("order-1", 90);

    final DataSource database() throws Exception {
        if (database == null) {
            database = newDatabase();
        }
        return database;
    }

    @Override
    CloneJournal journal() throws Exception {
        return time.on(database()).build();
    }

    @Test
    void anOutcomeIsWrittenThoughTheRowOfItsChunkHasVanished() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        Cloned shortOf = new Cloned(plan.chunk(0), new Deal("deal-1", null, List.of("crs-1"), "req-1"));
        for (int index : List.of(0, 1)) {
            open.sending(plan.chunk(index), 100).block(PATIENCE);
        }
        JournalTime.execute(database(), "DELETE FROM ramet_chunk");
        open.responded(shortOf).block(PATIENCE);
        open.settled(cloned(plan.chunk(1))).block(PATIENCE);
        assertThat(journal.sending(plan.id()).single().block(PATIENCE).response())
                .isEqualTo(shortOf);
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(1)));
        journal.close();
    }

    @Test
    void anOwnerWhoseFencingNumberWasGivenOutAgainCannotWriteAndItsRunEnds() throws Exception {
        CloneJournal first = journal();
        CloneJournal second = journal();
        PlanJournal lost = first.open(plan, REGION).block(PATIENCE);
        // A standby that lost the claim, or a restored copy.
        JournalTime.execute(database(), "UPDATE ramet_plan SET fence = fence - 1, owner = '', lease_until = 0");
        PlanJournal taken = second.open(plan, REGION).block(PATIENCE);
        assertOnlyTheSecondHolds(lost, taken);
        first.close();
        second.close();
    }

    @Test
    void aClaimWhoseNumberWasGivenOutAgainToItsOwnJournalCannotWriteAndItsRunEnds() throws Exception {
        CloneJournal journal = journal();
        PlanJournal lost = journal.open(plan, REGION).block(PATIENCE);
        JournalTime.execute(database(), "UPDATE ramet_plan SET fence = fence - 1, owner = '', lease_until = 0");
        PlanJournal taken = journal.open(plan, REGION).block(PATIENCE);
        assertOnlyTheSecondHolds(lost, taken);
        journal.close();
    }

    @Test
    void aClaimWhoseLeaseWasTakenByItsOwnJournalCannotWriteAndItsRunEnds() throws Exception {
        CloneJournal journal = journal();
        PlanJournal lost = journal.open(plan, REGION).block(PATIENCE);
        time.passLease();
        PlanJournal taken = journal.open(plan, REGION).block(PATIENCE);
        assertOnlyTheSecondHolds(lost, taken);
        journal.close();
    }

    private void assertOnlyTheSecondHolds(PlanJournal lost, PlanJournal taken) {
        assertThatThrownBy(() -> lost.sending(plan.chunk(0), 100).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessage("plan order-1 has been taken over by another process");
        assertThatThrownBy(() -> lost.lost().block(PATIENCE)).isInstanceOf(JournalException.class);
        lost.release().block(PATIENCE);
        taken.sending(plan.chunk(0), 100).block(PATIENCE);
        taken.release().block(PATIENCE);
        assertThat(taken.lost().blockOptional(PATIENCE)).isEmpty();
    }

    @Test
    void anOwnerWhoseLeaseWasTakenCannotWrite() throws Exception {
        CloneJournal first = journal();
        CloneJournal second = journal();
        PlanJournal paused = first.open(plan, REGION).block(PATIENCE);
        paused.sending(plan.chunk(0), 100).block(PATIENCE);
        time.passLease();
        PlanJournal taken = second.open(plan, REGION).block(PATIENCE);
        assertThat(taken.known().pending()).hasSize(1);
        for (Mono<Void> write : List.of(
                paused.sending(plan.chunk(1), 101),
                paused.withdrawn(plan.chunk(0)),
                paused.settled(new Cloned(plan.chunk(0), new Deal("1", null, List.of(), null))))) {
            assertThatThrownBy(() -> write.block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessage("plan order-1 has been taken over by another process");
        }
        paused.release().block(PATIENCE);
        taken.sending(plan.chunk(1), 102).block(PATIENCE);
        first.close();
        second.close();
    }

    @Test
    void aPlanIsAbandonedWhenItsLeaseHasRunOutOrItWasHandedOffAndNotWhenItIsHeldOrReleased() throws Exception {
        CloneJournal first = journal();
        CloneJournal second = journal();
        assertThat(second.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        first.open(plan("killed", 90), REGION)
                .block(PATIENCE)
                .sending(plan("killed", 90).chunk(0), 100)
                .block(PATIENCE);
        time.passLease();
        first.open(plan("held", 90), REGION).block(PATIENCE);
        first.open(plan("released", 90), REGION).block(PATIENCE).release().block(PATIENCE);
        first.open(plan("handed-off", 90), REGION).block(PATIENCE).handOff().block(PATIENCE);
        assertThat(second.claimAbandoned("eu-frankfurt", Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        assertThat(second.claimAbandoned(REGION, Set.of(PlanId.of("killed")))
                        .block(PATIENCE)
                        .plan()
                        .id())
                .isEqualTo(PlanId.of("handed-off"));
        ClaimedPlan claimed = second.claimAbandoned(REGION, Set.of()).block(PATIENCE);
        assertThat(claimed.plan().id()).isEqualTo(PlanId.of("killed"));
        assertThat(claimed.plan().request()).contains("crs-xjhsdj12");
        assertThat(claimed.plan().held()).isTrue();
        assertThat(claimed.journal().known().pending()).hasSize(1);
        claimed.journal().sending(plan("killed", 90).chunk(1), 101).block(PATIENCE);
        assertThat(second.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        first.close();
        second.close();
    }

    @Test
    void reconcilingAPlanLeavesItAbandonedOrEndedAsItWas() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan("abandoned", 30), REGION).block(PATIENCE).handOff().block(PATIENCE);
        journal.open(plan("ended", 30), REGION).block(PATIENCE).release().block(PATIENCE);
        for (String id : List.of("abandoned", "ended")) {
            journal.reopen(PlanId.of(id), REGION).flatMap(PlanJournal::release).block(PATIENCE);
            // And a process that is killed while it reconciles.
            journal.reopen(PlanId.of(id), REGION).block(PATIENCE);
        }
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        time.passLease();
        ClaimedPlan claimed = journal.claimAbandoned(REGION, Set.of()).block(PATIENCE);
        assertThat(claimed.plan().id()).isEqualTo(PlanId.of("abandoned"));
        claimed.journal().release().block(PATIENCE);
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        journal.close();
    }

    @Test
    void anAbandonedPlanWhoseEntryIsDamagedIsNamedSoThatTheOthersCanBeClaimed() throws Exception {
        CloneJournal journal = journal();
        for (String id : List.of("damaged", "whole")) {
            journal.open(plan(id, 30), REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        }
        JournalTime.execute(database(), "UPDATE ramet_plan SET goods_num = 60 WHERE plan_id = 'damaged'");
        assertThatThrownBy(() -> journal.claimAbandoned(REGION, Set.of()).block(PATIENCE))
                .isInstanceOfSatisfying(
                        DamagedPlanException.class,
                        damaged -> assertThat(damaged.planId()).isEqualTo(PlanId.of("damaged")));
        assertThat(journal.claimAbandoned(REGION, Set.of(PlanId.of("damaged")))
                        .block(PATIENCE)
                        .plan()
                        .id())
                .isEqualTo(PlanId.of("whole"));
        journal.close();
    }

    @Test
    void aPlanWithAChunkWhoseEntryIsDamagedIsNotOpened() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.release().block(PATIENCE);
        JournalTime.execute(database(), "UPDATE ramet_chunk SET signed_at = NULL");
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE))
                .isInstanceOf(DamagedPlanException.class)
                .hasMessageContaining("the entry of chunk 0 of plan order-1 is damaged");
        journal.close();
    }

    @Test
    void aRefusalThatAnOlderVersionHasWrittenIsReopenedAndThenInTheHistory() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(refused(plan.chunk(0))).block(PATIENCE);
        JournalTime.execute(database(), "DELETE FROM ramet_refusal");
        open.reopened(plan.chunk(0)).block(PATIENCE);
        assertThat(outcomes(open)).isEmpty();
        assertThat(journal.history(plan.id()).single().block(PATIENCE)).satisfies(refusal -> {
            assertThat(refusal.settledAt()).isNull();
            assertThat(refusal.reopenedAt()).isNotNull();
        });
        journal.close();
    }

    @Test
    void noTwoProcessesClaimTheSamePlan() throws Exception {
        DataSource database = database();
        List<CloneJournal> journals =
                Stream.generate(() -> CloneJournal.jdbc(database)).limit(4).toList();
        Flux.range(0, 20)
                .concatMap(i ->
                        journals.get(0).open(plan("abandoned-" + i, 30), REGION).flatMap(PlanJournal::handOff))
                .blockLast(PATIENCE);
        // A row that another process looks at is passed over, also one that it does not claim: the last look finds it.
        List<PlanId> claimed = Flux.concat(Flux.just(
                        Flux.fromIterable(journals)
                                .flatMap(journal ->
                                        journal.claimAbandoned(REGION, Set.of()).repeat(19)),
                        journals.get(0).claimAbandoned(REGION, Set.of()).repeat(19)))
                .map(found -> found.plan().id())
                .collectList()
                .block(PATIENCE);
        assertThat(claimed).hasSize(20).doesNotHaveDuplicates();
        Flux.fromIterable(journals).flatMap(CloneJournal::disposeLater).blockLast(PATIENCE);
    }

    @Test
    void aLeaseIsRenewedWhileItIsHeld() throws Exception {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        CloneJournal first = time.on(database(), timer).build();
        CloneJournal second = journal();
        PlanJournal held = first.open(plan, REGION).block(PATIENCE);
        for (int third = 0; third < 8; third++) {
            time.pass(CloneJournal.LEASE.dividedBy(3));
            timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
            // After the renewal, which goes before it.
            first.find(plan.id()).block(PATIENCE);
            assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        }
        held.release().block(PATIENCE);
        assertThat(held.lost().blockOptional(PATIENCE)).as("never lost").isEmpty();
        first.close();
        second.close();
    }

    /** In the meantime, other commands did not count it among the plans that may buy the same request. */
    @Test
    void aPlanThatIsToBeginLaterCannotBeginOnceItsLeaseHasExpired() throws Exception {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        CloneJournal journal = time.on(database(), timer).build();
        ClonePlan begun = plan("begun", 90);
        PlanJournal paused = journal.openUnbegun(plan, REGION).block(PATIENCE);
        PlanJournal running = journal.openUnbegun(begun, REGION).block(PATIENCE);
        running.sending(begun.chunk(0), 100).block(PATIENCE);
        time.passLease();
        timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
        // After the renewal, which goes before it.
        assertThat(journal.held(plan.id()).block(PATIENCE)).isFalse();
        assertThat(journal.held(begun.id()).block(PATIENCE)).isTrue();
        assertThatThrownBy(() -> paused.sending(plan.chunk(0), 100).block(PATIENCE))
                .isInstanceOf(JournalException.class);
        running.sending(begun.chunk(1), 100).block(PATIENCE);
        assertThat(journal.find(plan.id()).block(PATIENCE).underway()).isFalse();
        assertThat(journal.sending(plan.id()).collectList().block(PATIENCE)).isEmpty();
        journal.close();
    }

    @Test
    void aClaimThatWasReplacedUnnoticedIsNotReleasedAndLeavesTheNextOneAlone() throws Exception {
        CloneJournal first = journal();
        CloneJournal second = journal();
        PlanJournal paused = first.open(plan, REGION).block(PATIENCE);
        time.passLease();
        PlanJournal taken = second.open(plan, REGION).block(PATIENCE);
        assertThatThrownBy(() -> paused.release().block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessage("plan order-1 has been taken over by another process");
        taken.sending(plan.chunk(0), 100).block(PATIENCE);
        taken.release().block(PATIENCE);
        taken.release().block(PATIENCE);
        first.close();
        second.close();
    }

    @Test
    void aLeaseIsMeasuredByTheClockOfTheDatabase() throws Exception {
        CloneJournal first = CloneJournal.jdbc(database());
        CloneJournal second = CloneJournal.jdbc(database());
        first.open(plan, REGION).block(PATIENCE);
        assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        JournalTime.execute(database(), "UPDATE ramet_plan SET lease_until = lease_until - 30000");
        assertThat(second.open(plan, REGION).block(PATIENCE)).isNotNull();
        first.close();
        second.close();
    }

    @Test
    void aChunkThatWasAboutToBeSentIsPendingOnceTheLeaseHasRunOut() throws Exception {
        CloneJournal broken = journal();
        CloneJournal looking = journal();
        PlanJournal open = broken.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 1_700_000_000L).block(PATIENCE);
        open.sending(plan.chunk(1), 1_700_000_000L).block(PATIENCE);
        open.settled(cloned(plan.chunk(1))).block(PATIENCE);
        assertThat(looking.find(plan.id()).block(PATIENCE).held()).isTrue();
        assertThat(looking.pending(plan.id()).collectList().block(PATIENCE))
                .as("its process still holds the plan")
                .isEmpty();
        broken.close();
        time.passLease();
        StoredPlan stored = looking.find(plan.id()).block(PATIENCE);
        assertThat(stored.held()).isFalse();
        assertThat(looking.pending(plan.id()).single().block(PATIENCE).chunk()).isEqualTo(plan.chunk(0));
        CloneReport report = looking.report(stored).block(PATIENCE);
        assertThat(report.summary()).isEqualTo("plan order-1: 30 of 90 cloned in 1 deal, 30 in doubt, 30 not sent yet");
        looking.close();
    }

    @Test
    void aNewerSchemaIsRefused() throws Exception {
        CloneJournal first = journal();
        first.open(plan, REGION).block(PATIENCE);
        first.close();
        JournalTime.execute(database(), "INSERT INTO ramet_schema (version) VALUES (99)");
        CloneJournal second = journal();
        assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("newer version");
        second.close();
    }

    @Test
    void aJournalThatMakesNoTablesWorksInThoseOfTheScript() throws Exception {
        for (String sql : script(database()).split(";\n")) {
            JournalTime.execute(database(), sql);
        }
        CloneJournal journal = time.on(database()).makeTables(false).build();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void withoutTablesAJournalThatMakesNoneFails() throws Exception {
        CloneJournal journal = time.on(database()).makeTables(false).build();
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE)).isInstanceOf(JournalException.class);
        journal.close();
    }

    static String script(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return CloneJournal.schema(
                    connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void twoProcessesThatStartTogetherMakeOneSchema() throws Exception {
        DataSource database = database();
        List<CloneJournal> journals =
                List.of(CloneJournal.jdbc(database), CloneJournal.jdbc(database), CloneJournal.jdbc(database));
        Flux.range(0, 3)
                .flatMap(i -> journals.get(i).open(plan("plan-" + i, 30), REGION))
                .blockLast(PATIENCE);
        assertThat(journals.get(0).plans().count().block(PATIENCE)).isEqualTo(3);
        Flux.fromIterable(journals).flatMap(CloneJournal::disposeLater).blockLast(PATIENCE);
    }
}
