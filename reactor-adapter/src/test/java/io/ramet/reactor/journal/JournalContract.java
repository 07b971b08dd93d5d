package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.UndoEntry.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The promises of every journal, in memory and in every database. */
abstract class JournalContract {

    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String REGION = "ap-guangzhou";

    private final ClonePlan plan = plan("order-1", 90);

    /** The journal of another process; all journals of a test share one store, which is empty at first. */
    abstract CloneJournal journal() throws Exception;

    @Test
    void aPlanIsHeldUntilItIsReleased() throws Exception {
        CloneJournal journal = journal();
        assertThat(journal.held(PlanId.of("order-1")).blockOptional(PATIENCE)).isEmpty();
        PlanJournal open = journal.open(plan("order-1", 30), REGION).block(PATIENCE);
        assertThat(journal.held(PlanId.of("order-1")).block(PATIENCE)).isTrue();
        open.release().block(PATIENCE);
        assertThat(journal.held(PlanId.of("order-1")).block(PATIENCE)).isFalse();
        journal.close();
    }

    @Test
    void aNewPlanHasNoOutcomesAndIsKeptWithoutItsPassword() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        assertThat(open.known().settled().isEmpty()).isTrue();
        assertThat(open.known().pending()).isEmpty();
        StoredPlan stored = journal.find(plan.id()).block(PATIENCE);
        assertThat(stored.goodsNum()).isEqualTo(90);
        assertThat(stored.request()).contains("crs-xjhsdj12").doesNotContain("Passw0rd");
        assertThat(journal.plans().collectList().block(PATIENCE)).containsExactly(stored);
        assertThat(journal.find(PlanId.of("no-such")).blockOptional(PATIENCE)).isEmpty();
        journal.close();
    }

    @Test
    void theNextProcessFindsWhatWasWritten() throws Exception {
        CloneJournal first = journal();
        PlanJournal open = first.open(plan, REGION).block(PATIENCE);
        ChunkOutcome refused = new NotCloned(
                plan.chunk(1), new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "sold out", "r-1"));
        ChunkOutcome cloned = new Cloned(plan.chunk(0), new Deal("1", "2", List.of("crs-1", "crs-2"), "r-2"));
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.sending(plan.chunk(1), 101).block(PATIENCE);
        open.sending(plan.chunk(2), 102).block(PATIENCE);
        open.settled(refused).block(PATIENCE);
        open.settled(cloned).block(PATIENCE);
        open.release().block(PATIENCE);
        first.close();

        CloneJournal second = journal();
        PlanJournal again = second.open(plan, REGION).block(PATIENCE);
        assertThat(second.find(plan.id()).block(PATIENCE).firstSent()).isEqualTo(Instant.ofEpochSecond(100));
        assertThat(again.known().settled().stream()).containsExactly(0, 1);
        assertThat(again.known().pending()).containsExactly(new PlanJournal.PendingChunk(plan.chunk(2), 102, null));
        List<ChunkOutcome> outcomes =
                again.outcomes(0).map(PlacedOutcome::outcome).collectList().block(PATIENCE);
        assertThat(outcomes).hasSize(2);
        assertThat(outcomes.get(0)).isInstanceOfSatisfying(NotCloned.class, no -> {
            assertThat(no.chunk()).isEqualTo(plan.chunk(1));
            assertThat(no.failure()).hasMessage("ResourceUnavailable.SaleOut: sold out (RequestId r-1)");
        });
        assertThat(outcomes.get(1)).isEqualTo(cloned);
        assertThat(again.outcomes(1).map(PlacedOutcome::outcome).collectList().block(PATIENCE))
                .containsExactly(cloned);
        second.close();
    }

    @Test
    void aPlanIdStandsForOneRequestForEver() throws Exception {
        CloneJournal first = journal();
        first.open(plan, REGION).block(PATIENCE).release().block(PATIENCE);
        assertThatThrownBy(() -> first.open(plan("order-1", 91), REGION).block(PATIENCE))
                .isInstanceOf(PlanConflictException.class);
        assertThat(first.open(plan, REGION).block(PATIENCE)).isNotNull();
        first.close();
    }

    @Test
    void aWithdrawnChunkIsNotInDoubt() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.withdrawn(plan.chunk(0)).block(PATIENCE);
        open.sending(plan.chunk(1), 100).block(PATIENCE);
        open.withdrawn(plan.chunk(1)).block(PATIENCE);
        open.sending(plan.chunk(1), 105).block(PATIENCE);
        open.release().block(PATIENCE);
        assertThat(journal.open(plan, REGION).block(PATIENCE).known().pending())
                .containsExactly(new PlanJournal.PendingChunk(plan.chunk(1), 105, null));
        journal.close();
    }

    @Test
    void aChunkThatIsNotBeingSentCannotBeWithdrawn() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        for (int index : List.of(0, 1)) {
            assertThatThrownBy(() -> open.withdrawn(plan.chunk(index)).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("chunk " + index + " of plan order-1 cannot be withdrawn");
        }
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void onlyAnOpenOutcomeIsReplaced() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        ChunkOutcome doubt = new InDoubt(plan.chunk(0), new LostResponse(Phase.ANSWERING, "broke off", "r-9", null));
        ChunkOutcome few = new Cloned(plan.chunk(0), new Deal(null, null, List.of("crs-1"), "r-9"));
        ChunkOutcome cloned = cloned(plan.chunk(0));
        ChunkOutcome other = new Cloned(plan.chunk(0), new Deal("7", null, List.of("crs-7"), "r-7"));
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(doubt).block(PATIENCE);
        assertThat(open.outcomes(0).map(PlacedOutcome::outcome).single().block(PATIENCE))
                .isInstanceOfSatisfying(InDoubt.class, in -> {
                    assertThat(in.failure())
                            .hasMessage(((InDoubt) doubt).failure().getMessage());
                    assertThat(((LostResponse) in.failure()).phase()).isEqualTo(Phase.ANSWERING);
                });
        open.settled(few).block(PATIENCE);
        assertThat(open.outcomes(0).map(PlacedOutcome::outcome).single().block(PATIENCE))
                .isEqualTo(few);
        open.settled(cloned).block(PATIENCE);
        open.settled(cloned).block(PATIENCE);
        assertThatThrownBy(() -> open.settled(other).block(PATIENCE))
                .as("a second deal is not dropped silently")
                .isInstanceOfSatisfying(
                        JournalException.class,
                        failure -> assertThat(failure.unwritten()).containsExactly(other))
                .hasMessageContaining("chunk 0 of plan " + plan.id() + " already has another outcome in the journal")
                .hasMessageContaining(cloned.toString());
        assertThat(open.outcomes(0).map(PlacedOutcome::outcome).collectList().block(PATIENCE))
                .containsExactly(cloned);
        journal.close();
    }

    @Test
    void aSecondProcessIsRefusedAPlanThatIsHeld() throws Exception {
        CloneJournal first = journal();
        CloneJournal second = journal();
        PlanJournal held = first.open(plan, REGION).block(PATIENCE);
        assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        assertThatThrownBy(() -> second.reopen(plan.id(), REGION).block(PATIENCE))
                .isInstanceOf(PlanBusyException.class);
        held.release().block(PATIENCE);
        assertThat(second.open(plan, REGION).block(PATIENCE)).isNotNull();
        first.close();
        second.close();
    }

    @Test
    void aResponseIsKeptAndNotEmittedUntilItIsSettled() throws Exception {
        CloneJournal journal = journal();
        CloneChunk chunk = plan.chunk(0);
        Cloned shortOf = new Cloned(chunk, new Deal("deal-1", null, List.of("crs-1"), "req-1"));
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(chunk, 100).block(PATIENCE);
        open.responded(shortOf).block(PATIENCE);
        assertThat(open.outcomes(0).map(PlacedOutcome::outcome).collectList().block(PATIENCE))
                .isEmpty();
        open.release().block(PATIENCE);
        PlanJournal again = journal.open(plan, REGION).block(PATIENCE);
        assertThat(again.known().settled().isEmpty()).isTrue();
        assertThat(again.known().pending()).containsExactly(new PlanJournal.PendingChunk(chunk, 100, shortOf));
        again.settled(cloned(chunk)).block(PATIENCE);
        again.responded(shortOf).block(PATIENCE);
        assertThat(again.outcomes(0).map(PlacedOutcome::outcome).single().block(PATIENCE))
                .isEqualTo(cloned(chunk));
        again.release().block(PATIENCE);
        journal.close();
    }

    @Test
    void aPlanIsResumedInItsOwnRegionOnly() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan, REGION).block(PATIENCE).release().block(PATIENCE);
        assertThatThrownBy(() -> journal.open(plan, "ap-beijing").block(PATIENCE))
                .isInstanceOf(PlanConflictException.class)
                .hasMessageContainingAll("ap-guangzhou", "ap-beijing");
        assertThatThrownBy(() -> journal.reopen(plan.id(), "ap-beijing").block(PATIENCE))
                .isInstanceOf(PlanConflictException.class);
        assertThat(journal.reopen(plan.id(), REGION).block(PATIENCE)).isNotNull();
        journal.close();
    }

    @Test
    void manyOutcomesAreReadPageByPageInOrder() throws Exception {
        CloneJournal journal = journal();
        ClonePlan large = plan("large", 30 * 300);
        PlanJournal open = journal.open(large, REGION).block(PATIENCE);
        // All at once: they share transactions, and take effect in the order in which they are subscribed to.
        Flux.fromIterable(large).flatMap(chunk -> open.sending(chunk, 1), 300).blockLast(Duration.ofMinutes(1));
        Flux.fromIterable(large)
                .flatMap(
                        chunk -> open.settled(
                                new Cloned(chunk, new Deal(String.valueOf(chunk.index()), null, List.of(), null))),
                        300)
                .blockLast(Duration.ofMinutes(1));
        List<Integer> read = journal.outcomes(large.id(), 0)
                .map(placed -> placed.outcome().chunk().index())
                .collectList()
                .block(PATIENCE);
        assertThat(read).hasSize(300).isSorted();
        assertThat(open.outcomes(299)
                        .map(PlacedOutcome::outcome)
                        .single()
                        .block(PATIENCE)
                        .chunk()
                        .index())
                .isEqualTo(299);
        journal.close();
    }

    @Test
    void aChunkThatHasAnOutcomeIsNotSentAgain() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        assertThatThrownBy(() -> open.sending(plan.chunk(0), 101).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("chunk 0 of plan order-1 already has an outcome");
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void aRefusedChunkThatIsReopenedIsSentAgainAndItsRefusalIsKeptInTheHistory() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        CloneChunk chunk = plan.chunk(1);
        for (int index : List.of(0, 1)) {
            open.sending(plan.chunk(index), 100).block(PATIENCE);
        }
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        open.settled(refused(chunk)).block(PATIENCE);
        assertThat(journal.history(plan.id()).single().block(PATIENCE)).satisfies(refusal -> {
            assertThat(refusal.settledAt()).isNotNull();
            assertThat(refusal.reopenedAt()).isNull();
        });
        assertThat(open.refusedWithin(Duration.ofHours(1)).block(PATIENCE)).hasToString("{1}");
        assertThat(open.refusedWithin(Duration.ZERO).block(PATIENCE))
                .as("none is younger than zero")
                .hasToString("{}");
        open.reopened(chunk).block(PATIENCE);
        open.reopened(chunk).block(PATIENCE);
        assertThat(open.refusedWithin(Duration.ofHours(1)).block(PATIENCE)).hasToString("{}");
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        assertThat(open.known().settled().isEmpty()).as("as it was claimed").isTrue();
        open.release().block(PATIENCE);

        PlanJournal again = journal.open(plan, REGION).block(PATIENCE);
        assertThat(again.known().settled().stream()).containsExactly(0);
        assertThat(again.known().refused()).as("reopened").hasToString("{}");
        assertThat(again.known().pending()).isEmpty();
        again.sending(chunk, 200).block(PATIENCE);
        again.settled(cloned(chunk)).block(PATIENCE);
        assertThat(outcomes(again)).containsExactly(cloned(plan.chunk(0)), cloned(chunk));
        assertThat(journal.history(plan.id()).single().block(PATIENCE)).satisfies(refusal -> {
            assertThat(refusal.outcome().chunk()).isEqualTo(chunk);
            assertThat(refusal.outcome().failure()).hasMessageContaining("sold out");
            assertThat(refusal.reopenedAt()).isAfterOrEqualTo(refusal.settledAt());
        });
        journal.close();
    }

    @Test
    void theRefusedChunksAreKnownAmongTheSettledOnes() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        for (int index : List.of(0, 1)) {
            open.sending(plan.chunk(index), 100).block(PATIENCE);
        }
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        open.settled(refused(plan.chunk(1))).block(PATIENCE);
        open.release().block(PATIENCE);
        PlanJournal.Recovered known = journal.open(plan, REGION).block(PATIENCE).known();
        assertThat(known.settled()).hasToString("{0, 1}");
        assertThat(known.refused()).hasToString("{1}");
        journal.close();
    }

    @Test
    void aChunkThatIsRefusedTwiceIsInTheHistoryTwice() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        for (int time = 0; time < 2; time++) {
            open.sending(plan.chunk(0), 100).block(PATIENCE);
            open.settled(refused(plan.chunk(0))).block(PATIENCE);
            open.reopened(plan.chunk(0)).block(PATIENCE);
        }
        assertThat(journal.history(plan.id()).collectList().block(PATIENCE))
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal.reopenedAt()).isNotNull());
        assertThat(journal.history(PlanId.of("no-such")).collectList().block(PATIENCE))
                .isEmpty();
        journal.close();
    }

    @Test
    void aChunkThatWasBoughtOrIsInDoubtIsNotReopened() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        ChunkOutcome doubt = new InDoubt(plan.chunk(1), LostResponse.brokenOff());
        for (ChunkOutcome outcome : List.of(cloned(plan.chunk(0)), doubt)) {
            open.sending(outcome.chunk(), 100).block(PATIENCE);
            open.settled(outcome).block(PATIENCE);
            assertThatThrownBy(() -> open.reopened(outcome.chunk()).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("cannot be sent again");
        }
        assertThat(outcomes(open)).hasSize(2);
        journal.close();
    }

    @Test
    void anOutcomeAfterAReopenedOneIsNotSkipped() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(refused(plan.chunk(0))).block(PATIENCE);
        long read = open.outcomes(0).blockLast(PATIENCE).place();
        open.reopened(plan.chunk(0)).block(PATIENCE);
        open.sending(plan.chunk(1), 100).block(PATIENCE);
        open.settled(cloned(plan.chunk(1))).block(PATIENCE);
        assertThat(open.outcomes(read).map(PlacedOutcome::outcome).collectList().block(PATIENCE))
                .containsExactly(cloned(plan.chunk(1)));
        journal.close();
    }

    @Test
    void theChunksBeingSentCanBeReadWhileThePlanIsHeld() throws Exception {
        CloneJournal journal = journal();
        CloneJournal reading = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        for (int index : List.of(0, 1)) {
            open.sending(plan.chunk(index), 100).block(PATIENCE);
        }
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        assertThat(reading.sending(plan.id()).collectList().block(PATIENCE))
                .containsExactly(new PendingChunk(plan.chunk(1), 100, null));
        assertThat(reading.pending(plan.id()).collectList().block(PATIENCE)).isEmpty();
        open.release().block(PATIENCE);
        assertThat(reading.pending(plan.id()).collectList().block(PATIENCE))
                .containsExactly(new PendingChunk(plan.chunk(1), 100, null));
        journal.close();
        reading.close();
    }

    @Test
    void aPlanThatWasClaimedBeforeComesAfterThoseThatWereNot() throws Exception {
        CloneJournal journal = journal();
        for (String id : List.of("a", "b", "c")) {
            journal.open(plan(id, 30), REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        }
        List<String> tried = Flux.range(0, 6)
                .concatMap(time -> journal.claimAbandoned(REGION, Set.of()))
                .concatMap(claimed -> claimed.journal()
                        .handOff()
                        .thenReturn(claimed.plan().id().value()))
                .collectList()
                .block(PATIENCE);
        assertThat(tried).containsExactly("a", "b", "c", "a", "b", "c");
        journal.close();
    }

    @Test
    void aPlanIsAbandonedOnceItIsHandedOffAndNotWhileItIsHeldOrAfterItWasReleasedOrReconciled() throws Exception {
        CloneJournal journal = journal();
        assertThat(journal.open(plan("held", 30), REGION)
                        .block(PATIENCE)
                        .known()
                        .handedOff())
                .isFalse();
        journal.open(plan("released", 30), REGION).flatMap(PlanJournal::release).block(PATIENCE);
        journal.reopen(PlanId.of("released"), REGION)
                .flatMap(PlanJournal::release)
                .block(PATIENCE);
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        journal.open(plan, REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        assertThat(journal.claimAbandoned("ap-beijing", Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        PlanJournal claimed =
                journal.claimAbandoned(REGION, Set.of()).block(PATIENCE).journal();
        assertThat(claimed.known().handedOff()).isTrue();
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        claimed.release().block(PATIENCE);
        assertThat(journal.open(plan, REGION).block(PATIENCE).known().handedOff())
                .isFalse();
        journal.close();
    }

    @Test
    void anOutcomeSaysWhenItsRequestWasSigned() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        open.settled(new Cloned(plan.chunk(0), new Deal("1", null, List.of("crs-1"), null)))
                .block(PATIENCE);
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        open.settled(cloned(plan.chunk(1))).block(PATIENCE);
        assertThat(journal.outcomes(plan.id(), 0)
                        .map(placed -> Optional.ofNullable(placed.sentAt()))
                        .collectList()
                        .block(PATIENCE))
                .containsExactly(Optional.of(Instant.ofEpochSecond(100)), Optional.empty());
        journal.close();
    }

    @Test
    void aPlanThatWasHandedOffIsKnownToHaveBeenUntilItsRunHasEnded() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan, REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        PlanJournal again = journal.open(plan, REGION).block(PATIENCE);
        assertThat(again.known().handedOff()).isTrue();
        again.release().block(PATIENCE);
        PlanJournal last = journal.open(plan, REGION).block(PATIENCE);
        assertThat(last.known().handedOff()).isFalse();
        last.release().block(PATIENCE);
        journal.close();
    }

    @Test
    void aPlanIsUnderWayFromItsFirstClaimUntilItsRunHasEnded() throws Exception {
        CloneJournal journal = journal();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        assertThat(isUnderway(journal)).isTrue();
        open.handOff().block(PATIENCE);
        assertThat(isUnderway(journal)).isTrue();
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        assertThat(isUnderway(journal)).isFalse();
        journal.close();
    }

    private boolean isUnderway(CloneJournal journal) {
        return journal.find(plan.id()).block(PATIENCE).underway();
    }

    @Test
    void theLastStepOfTheUndoOfEachInstanceIsKept() throws Exception {
        CloneJournal journal = journal();
        assertThat(undone(journal)).isEmpty();
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        PlanJournal open = journal.openToUndo(plan.id(), REGION).block(PATIENCE);
        assertThatThrownBy(() -> journal.openToUndo(plan.id(), REGION).block(PATIENCE))
                .isInstanceOf(PlanBusyException.class);
        for (String id : List.of("crs-2", "crs-1")) {
            open.undo(new UndoEntry(id, Step.ISOLATING, "")).block(PATIENCE);
        }
        open.undo(new UndoEntry("crs-1", Step.ISOLATED, "task 7")).block(PATIENCE);
        open.release().block(PATIENCE);
        CloneJournal next = journal();
        assertThat(undone(next)).containsExactly("crs-1 ISOLATED task 7", "crs-2 ISOLATING ");
        assertThat(next.undone(plan.id()).blockFirst(PATIENCE).age()).isNotNull();
        assertThatThrownBy(() -> next.openToUndo(PlanId.of("no-such"), REGION).block(PATIENCE))
                .isInstanceOf(UnknownPlanException.class);
        journal.close();
        next.close();
    }

    @Test
    void aPlanIsNotRunWhileAnInstanceOfItMayBeIsolated() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan, REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        PlanJournal open = journal.openToUndo(plan.id(), REGION).block(PATIENCE);
        open.undo(new UndoEntry("crs-1", Step.ISOLATING, "")).block(PATIENCE);
        open.undo(new UndoEntry("crs-2", Step.REFUSED, "")).block(PATIENCE);
        open.release().block(PATIENCE);
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanUndoneException.class);
        assertThat(journal.find(plan.id()).block(PATIENCE).held()).isFalse();
        PlanJournal restoring = journal.openToUndo(plan.id(), REGION).block(PATIENCE);
        restoring.undo(new UndoEntry("crs-1", Step.RESTORED, "")).block(PATIENCE);
        restoring.release().block(PATIENCE);
        assertThat(journal.open(plan, REGION).block(PATIENCE)).isNotNull();
        journal.close();
    }

    @Test
    void anUndoEndsTheRunOfItsPlanBeforeAnyInstanceIsIsolated() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan, REGION).flatMap(PlanJournal::handOff).block(PATIENCE);
        journal.openToUndo(plan.id(), REGION).flatMap(PlanJournal::release).block(PATIENCE);
        assertThat(journal.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        journal.close();
    }

    private List<String> undone(CloneJournal journal) {
        return journal.undone(plan.id())
                .map(entry -> entry.instanceId() + " " + entry.step() + " " + entry.reference())
                .collectList()
                .block(PATIENCE);
    }

    static List<ChunkOutcome> outcomes(PlanJournal open) {
        return open.outcomes(0).map(PlacedOutcome::outcome).collectList().block(PATIENCE);
    }

    static NotCloned refused(CloneChunk chunk) {
        return new NotCloned(chunk, new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "sold out", "r-1"));
    }

    static Cloned cloned(CloneChunk chunk) {
        List<String> ids =
                IntStream.range(0, chunk.goodsNum()).mapToObj(i -> "crs-" + i).toList();
        return new Cloned(chunk, new Deal("1", null, ids, null));
    }

    static ClonePlan plan(String id, int goodsNum) {
        return ClonePlan.of(
                PlanId.of(id),
                CloneRequest.builder()
                        .instanceId("crs-xjhsdj12")
                        .backupId("b-1")
                        .goodsNum(goodsNum)
                        .payAsYouGo()
                        .zoneId(100003)
                        .securityGroups("sg-1")
                        .password(Secret.of("Canary-Passw0rd"))
                        .build());
    }
}
