package io.ramet.reactor;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.ClaimedPlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.Refusal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UndoEntry;
import java.time.Duration;
import java.util.BitSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** A journal that opens and reopens plans as a test says, and passes everything else on. */
public record PassingJournal(
        CloneJournal passed, Function<ClonePlan, Mono<PlanJournal>> opening, UnaryOperator<Mono<PlanJournal>> reopening)
        implements CloneJournal {

    private static final Duration TRY_AGAIN = Duration.ofMillis(250);

    public PassingJournal(CloneJournal passed, Function<ClonePlan, Mono<PlanJournal>> opening) {
        this(passed, opening, claim -> claim);
    }

    PassingJournal(Function<ClonePlan, Mono<PlanJournal>> opening) {
        this(CloneJournal.inMemory(), opening);
    }

    /** A journal whose claims wait for a plan that another process holds, instead of failing at once. */
    public static CloneJournal waiting(CloneJournal passed, Duration longest) {
        UnaryOperator<Mono<PlanJournal>> untilFree =
                claim -> claim.retryWhen(Retry.fixedDelay(longest.dividedBy(TRY_AGAIN), TRY_AGAIN)
                        .filter(PlanBusyException.class::isInstance)
                        .scheduler(Schedulers.parallel())
                        .onRetryExhaustedThrow((rule, last) -> last.failure()));
        return new PassingJournal(passed, plan -> untilFree.apply(passed.open(plan, Fixtures.REGION)), untilFree);
    }

    @Override
    public Mono<PlanJournal> open(ClonePlan plan, String region) {
        return opening.apply(plan);
    }

    @Override
    public Mono<PlanJournal> reopen(PlanId id, String region) {
        return reopening.apply(passed.reopen(id, region));
    }

    @Override
    public Mono<PlanJournal> openToUndo(PlanId id, String region) {
        return passed.openToUndo(id, region);
    }

    @Override
    public Flux<UndoEntry> undone(PlanId id) {
        return passed.undone(id);
    }

    @Override
    public Mono<ClaimedPlan> claimAbandoned(String region, Set<PlanId> except) {
        return passed.claimAbandoned(region, except);
    }

    @Override
    public Mono<StoredPlan> find(PlanId id) {
        return passed.find(id);
    }

    @Override
    public Flux<StoredPlan> plans() {
        return passed.plans();
    }

    @Override
    public Flux<PlacedOutcome> outcomes(PlanId id, long after) {
        return passed.outcomes(id, after);
    }

    @Override
    public Flux<Refusal> history(PlanId id) {
        return passed.history(id);
    }

    @Override
    public Flux<PendingChunk> sending(PlanId id) {
        return passed.sending(id);
    }

    @Override
    public Flux<PendingChunk> pending(PlanId id) {
        return passed.pending(id);
    }

    @Override
    public Mono<Void> disposeLater() {
        return passed.disposeLater();
    }

    /** The journal of a plan that passes everything on, for a test to override a part. */
    public static class Plan implements PlanJournal {

        private final PlanJournal passed;

        public Plan(PlanJournal passed) {
            this.passed = passed;
        }

        @Override
        public Recovered known() {
            return passed.known();
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return passed.sending(chunk, timestamp);
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return passed.withdrawn(chunk);
        }

        @Override
        public Mono<Void> responded(ChunkOutcome outcome) {
            return passed.responded(outcome);
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return passed.settled(outcome);
        }

        @Override
        public Mono<Void> reopened(CloneChunk chunk) {
            return passed.reopened(chunk);
        }

        @Override
        public Mono<Void> undo(UndoEntry entry) {
            return passed.undo(entry);
        }

        @Override
        public Mono<BitSet> refusedWithin(Duration age) {
            return passed.refusedWithin(age);
        }

        @Override
        public Flux<PlacedOutcome> outcomes(long after) {
            return passed.outcomes(after);
        }

        @Override
        public Mono<Void> lost() {
            return passed.lost();
        }

        @Override
        public Mono<Void> release() {
            return passed.release();
        }

        @Override
        public Mono<Void> handOff() {
            return passed.handOff();
        }
    }
}
