package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.model.UndoOutcome;
import io.ramet.model.UndoOutcome.Result;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UndoEntry;
import io.ramet.reactor.journal.UndoEntry.Step;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Isolates one instance of a plan, or starts it again, if it is certainly the plan's own: it bears the name of its
 * chunk, mark included. A record is durable before the request is sent; a request that may have been executed is not
 * sent again here.
 *
 * @param shown the instance as it was just listed, or null if it is not listed
 * @param entry what an earlier undo has written of it, or null
 */
record InstanceUndo(
        CallResources site,
        ReadActions reads,
        ChangeActions changes,
        PlanJournal journal,
        PurchasedInstance bought,
        @Nullable ListedInstance shown,
        @Nullable UndoEntry entry) {

    /** When to look up an instance whose request has no response that can be trusted. */
    private static final List<Duration> LOOK_UPS =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(10));

    /** The two things that can be done with an instance. */
    private enum Change {
        ISOLATION(Step.ISOLATING, Step.ISOLATED, Result.ISOLATED),
        START(Step.RESTORING, Step.RESTORED, Result.RESTORED);

        private final Step begun;
        private final Step done;
        private final Result result;

        Change(Step begun, Step done, Result result) {
            this.begun = begun;
            this.done = done;
            this.result = result;
        }

        boolean isShownBy(ListedInstance listed) {
            return this == ISOLATION ? listed.isIsolated() : listed.isRunning();
        }
    }

    Mono<UndoOutcome> isolate(boolean alsoPrepaid) {
        if (shown == null || !isOwn(shown)) {
            return leave();
        }
        if (shown.isIsolated()) {
            if (isRecent(Change.START)) {
                return Mono.just(outcome(Result.KEPT, "it was started a moment ago; " + reference()));
            }
            return isUndone() && !isAt(Step.ISOLATED)
                    ? write(Step.ISOLATED, reference(), Result.ALREADY_ISOLATED)
                    : Mono.just(outcome(Result.ALREADY_ISOLATED, reference()));
        }
        if (isAt(Step.ISOLATED) && (shown.isChanging() || isRecent(Change.ISOLATION))) {
            return Mono.just(outcome(Result.ISOLATED, "it is being isolated; " + reference()));
        }
        if (isAt(Step.ISOLATING) && shown.isChanging()) {
            return Mono.just(outcome(Result.IN_DOUBT, "it is in a workflow, which may be that of its isolation"));
        }
        if (shown.isPrepaid() && !alsoPrepaid) {
            return Mono.just(outcome(Result.KEPT, "it is prepaid, and returning those was not confirmed"));
        }
        if (shown.isProtected()) {
            return Mono.just(outcome(Result.KEPT, "it is protected from deletion"));
        }
        return change(
                Change.ISOLATION,
                changes.isolate(bought.id(), shown.isPrepaid()),
                isUndone() ? Step.ISOLATING : Step.REFUSED);
    }

    Mono<UndoOutcome> start() {
        if (shown == null || !isOwn(shown)) {
            return leave();
        }
        if (isAt(Step.RESTORED) && (shown.isChanging() || (!shown.isRunning() && isRecent(Change.START)))) {
            return Mono.just(outcome(Result.RESTORED, "it is being started; " + reference()));
        }
        if (!isUndone()) {
            return Mono.just(
                    shown.isIsolated()
                            ? outcome(Result.KEPT, "no undo of this plan has isolated it")
                            : outcome(Result.ALREADY_RUNNING, ""));
        }
        if (shown.isRunning()) {
            return isRecent(Change.ISOLATION)
                    ? Mono.just(outcome(Result.KEPT, "it was isolated a moment ago; " + reference()))
                    : write(Step.RESTORED, reference(), Result.ALREADY_RUNNING);
        }
        if (shown.isPrepaid()) {
            return Mono.just(outcome(Result.KEPT, "it is prepaid: only paying for a renewal starts it again"));
        }
        return change(Change.START, changes.start(bought.id()), Step.ISOLATED);
    }

    /** {@code before} is where the instance is again if the request is refused. */
    private Mono<UndoOutcome> change(Change change, Mono<String> request, Step before) {
        return write(change.begun, reference())
                .then(request)
                .flatMap(reference -> write(change.done, reference, change.result))
                .onErrorResume(CallFailure.class, failure -> judge(failure, change, before));
    }

    private boolean isUndone() {
        return entry != null && entry.isUndone();
    }

    private boolean isAt(Step step) {
        return entry != null && entry.step() == step;
    }

    private String reference() {
        return entry == null || isAt(Step.REFUSED) ? "" : entry.reference();
    }

    /** {@return whether a request for it was sent, or may have been, so lately that a listing may be older} */
    private boolean isRecent(Change change) {
        if (!isAt(change.begun) && !isAt(change.done)) {
            return false;
        }
        Duration age = requireNonNull(entry).age();
        return age == null || age.compareTo(site.visibilityLag()) <= 0;
    }

    private boolean isOwn(ListedInstance listed) {
        return listed.name().equals(bought.chunk().instanceName());
    }

    private Mono<UndoOutcome> leave() {
        return Mono.just(
                shown == null
                        ? outcome(Result.NOT_LISTED, "")
                        : outcome(
                                Result.KEPT,
                                "its name is not " + bought.chunk().instanceName() + ", which the plan gave it"));
    }

    /**
     * A listing decides about a failed request. If none shows what was wanted, a refusal has changed nothing, unless it
     * was refused because of an earlier request.
     */
    private Mono<UndoOutcome> judge(CallFailure failure, Change change, Step before) {
        boolean isRefused = failure.effect() == Effect.NONE;
        String why = String.valueOf(failure.getMessage());
        return Flux.fromIterable(isRefused ? List.of(Duration.ZERO) : LOOK_UPS)
                .concatMap(
                        pause -> Mono.delay(pause, site.timer())
                                .then(reads.instances(List.of(bought.id())))
                                .onErrorResume(CallFailure.class, unseen -> Mono.empty()),
                        1)
                .filter(listed -> listed.containsKey(bought.id()) && change.isShownBy(listed.get(bought.id())))
                .next()
                .flatMap(done -> write(change.done, why, change.result))
                .switchIfEmpty(Mono.defer(() -> isRefused && !isRecent(change)
                        ? write(before, why, Result.REFUSED)
                        : Mono.just(outcome(Result.IN_DOUBT, why))));
    }

    private Mono<Void> write(Step step, String reference) {
        return journal.undo(new UndoEntry(bought.id(), step, reference));
    }

    private Mono<UndoOutcome> write(Step step, String detail, Result result) {
        return write(step, detail).thenReturn(outcome(result, detail));
    }

    private UndoOutcome outcome(Result result, String detail) {
        String name = shown == null ? bought.chunk().instanceName() : shown.name();
        return new UndoOutcome(bought.id(), name, bought.chunk().index(), result, detail);
    }
}
