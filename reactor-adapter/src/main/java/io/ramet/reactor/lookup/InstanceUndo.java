package io.ramet.reactor.lookup;

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
import java.util.function.Predicate;
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

    Mono<UndoOutcome> isolate(boolean alsoPrepaid) {
        if (shown == null || !isOwn(shown)) {
            return leave();
        }
        if (shown.isIsolated()) {
            return entry == null || !entry.isUndone()
                    ? Mono.just(outcome(Result.ALREADY_ISOLATED, ""))
                    : write(Step.ISOLATED, entry.reference(), Result.ALREADY_ISOLATED);
        }
        if (entry != null && entry.isUndone() && entry.step() != Step.RESTORING && shown.isChanging()) {
            return Mono.just(outcome(Result.ISOLATED, "it is being isolated; " + entry.reference()));
        }
        if (shown.isPrepaid() && !alsoPrepaid) {
            return Mono.just(outcome(Result.KEPT, "it is prepaid, and returning those was not confirmed"));
        }
        if (shown.isProtected()) {
            return Mono.just(outcome(Result.KEPT, "it is protected from deletion"));
        }
        Step before = entry != null && entry.isUndone() ? Step.ISOLATING : Step.REFUSED;
        return write(Step.ISOLATING, "")
                .then(changes.isolate(bought.id(), shown.isPrepaid()))
                .flatMap(reference -> write(Step.ISOLATED, reference, Result.ISOLATED))
                .onErrorResume(
                        CallFailure.class,
                        failure -> judge(failure, ListedInstance::isIsolated, Step.ISOLATED, Result.ISOLATED, before));
    }

    Mono<UndoOutcome> start() {
        if (shown == null || !isOwn(shown)) {
            return leave();
        }
        if (entry == null || !entry.isUndone()) {
            return Mono.just(
                    shown.isIsolated()
                            ? outcome(Result.KEPT, "no undo of this plan has isolated it")
                            : outcome(Result.ALREADY_RUNNING, ""));
        }
        if (shown.isRunning()) {
            // Just after it was isolated, the listing may be older than that.
            return entry.step() == Step.RESTORING || isOld(entry)
                    ? write(Step.RESTORED, entry.reference(), Result.ALREADY_RUNNING)
                    : Mono.just(outcome(Result.KEPT, "it was isolated a moment ago; " + entry.reference()));
        }
        if (shown.isPrepaid()) {
            return Mono.just(outcome(Result.KEPT, "it is prepaid: only paying for a renewal starts it again"));
        }
        return write(Step.RESTORING, entry.reference())
                .then(changes.start(bought.id()))
                .flatMap(reference -> write(Step.RESTORED, reference, Result.RESTORED))
                .onErrorResume(
                        CallFailure.class,
                        failure -> judge(
                                failure, ListedInstance::isRunning, Step.RESTORED, Result.RESTORED, Step.ISOLATED));
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

    private boolean isOld(UndoEntry written) {
        return written.at() != null
                && site.signer().timestamp() - written.at().getEpochSecond()
                        > site.visibilityLag().toSeconds();
    }

    /** A listing decides about a failed request; if none shows what was wanted, a refusal has changed nothing. */
    private Mono<UndoOutcome> judge(
            CallFailure failure, Predicate<ListedInstance> wanted, Step reached, Result result, Step before) {
        boolean isRefused = failure.effect() == Effect.NONE;
        String why = String.valueOf(failure.getMessage());
        return Flux.fromIterable(isRefused ? List.of(Duration.ZERO) : LOOK_UPS)
                .concatMap(
                        pause -> Mono.delay(pause, site.timer())
                                .then(reads.instances(List.of(bought.id())))
                                .onErrorResume(CallFailure.class, unseen -> Mono.empty()),
                        1)
                .filter(listed -> listed.containsKey(bought.id()) && wanted.test(listed.get(bought.id())))
                .next()
                .flatMap(done -> write(reached, why, result))
                .switchIfEmpty(Mono.defer(() ->
                        isRefused ? write(before, why, Result.REFUSED) : Mono.just(outcome(Result.IN_DOUBT, why))));
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
