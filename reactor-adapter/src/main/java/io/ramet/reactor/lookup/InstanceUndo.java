package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.model.UndoOutcome;
import io.ramet.model.UndoOutcome.Result;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UndoEntry;
import io.ramet.reactor.journal.UndoEntry.Step;
import io.ramet.reactor.lookup.UndoRule.Change;
import io.ramet.reactor.lookup.UndoRule.Verdict;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Isolates one instance of a plan, or starts it again, if its {@link UndoRule} allows it. A record is durable before
 * the request is sent; a request that may have been executed is not sent again.
 */
record InstanceUndo(
        CallResources resources, ReadActions reads, ChangeActions changes, PlanJournal journal, UndoRule rule) {

    /** The pause before each look-up of an instance whose request has no response that can be trusted. */
    private static final List<Duration> LOOK_UPS =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(10));

    Mono<UndoOutcome> isolate(boolean alsoPrepaid) {
        return rule.insteadOfIsolation(alsoPrepaid)
                .map(this::conclude)
                .orElseGet(() -> change(
                        Change.ISOLATION,
                        changes.isolate(id(), requireNonNull(rule.shown()).isPrepaid()),
                        rule.isUndone() ? Step.ISOLATING : Step.REFUSED));
    }

    Mono<UndoOutcome> start() {
        return rule.insteadOfStart()
                .map(this::conclude)
                .orElseGet(() -> change(Change.START, changes.start(id()), Step.ISOLATED));
    }

    private Mono<UndoOutcome> conclude(Verdict verdict) {
        return verdict.step() == null
                ? Mono.just(outcome(verdict.result(), verdict.detail()))
                : write(verdict.step(), verdict.detail(), verdict.result());
    }

    /** {@code before} is the step to record if the request is refused. */
    private Mono<UndoOutcome> change(Change change, Mono<String> request, Step before) {
        return write(change.begun, rule.reference())
                .then(request)
                .flatMap(reference -> write(change.done, reference, change.result))
                .onErrorResume(CallFailure.class, failure -> judge(failure, change, before));
    }

    /**
     * Decides about a failed request by listings. If none shows the change, a refused request has changed nothing,
     * unless it was refused because an earlier request is still being executed.
     */
    private Mono<UndoOutcome> judge(CallFailure failure, Change change, Step before) {
        boolean isRefused = failure.effect() == Effect.NONE;
        String why = String.valueOf(failure.getMessage());
        return Flux.fromIterable(isRefused ? List.of(Duration.ZERO) : LOOK_UPS)
                .concatMap(
                        pause -> Mono.delay(pause, resources.timer())
                                .then(reads.instances(List.of(id())))
                                .onErrorResume(CallFailure.class, unseen -> Mono.empty()),
                        1)
                .filter(listed -> listed.containsKey(id()) && change.isShownBy(listed.get(id())))
                .next()
                .flatMap(done -> write(change.done, why, change.result))
                .switchIfEmpty(Mono.defer(() -> isRefused && !rule.isRecent(change)
                        ? write(before, why, Result.REFUSED)
                        : Mono.just(outcome(Result.IN_DOUBT, why))));
    }

    private Mono<Void> write(Step step, String reference) {
        return journal.undo(new UndoEntry(id(), step, reference));
    }

    private Mono<UndoOutcome> write(Step step, String detail, Result result) {
        return write(step, detail).thenReturn(outcome(result, detail));
    }

    private String id() {
        return rule.bought().id();
    }

    private UndoOutcome outcome(Result result, String detail) {
        CloneChunk chunk = rule.bought().chunk();
        String name = rule.shown() == null ? chunk.instanceName() : rule.shown().name();
        return new UndoOutcome(id(), name, chunk.index(), result, detail);
    }
}
