package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.model.UndoOutcome.Result;
import io.ramet.reactor.journal.UndoEntry;
import io.ramet.reactor.journal.UndoEntry.Step;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an undo may change one instance of a plan; sends and writes nothing. An instance is changed only if
 * it certainly belongs to the plan, because it bears the name of its chunk, including the mark. It is kept if it is
 * protected, if it is prepaid and the return of prepaid instances was not confirmed, or if the effect of an earlier
 * request may not be visible yet.
 *
 * @param bought the instance in the journal
 * @param shown the instance in the latest listing, or null if it is not listed
 * @param entry the entry of an earlier undo, or null
 * @param visibilityLag how long a change may be missing from listings
 */
record UndoRule(
        PurchasedInstance bought,
        @Nullable ListedInstance shown,
        @Nullable UndoEntry entry,
        Duration visibilityLag) {

    /** The changes that can be made to an instance. */
    enum Change {
        ISOLATION(Step.ISOLATING, Step.ISOLATED, Result.ISOLATED),
        START(Step.RESTORING, Step.RESTORED, Result.RESTORED);

        final Step begun;
        final Step done;
        final Result result;

        Change(Step begun, Step done, Result result) {
            this.begun = begun;
            this.done = done;
            this.result = result;
        }

        boolean isShownBy(ListedInstance listed) {
            return this == ISOLATION ? listed.isIsolated() : listed.isRunning();
        }
    }

    /**
     * The result of an undo that sends no request.
     *
     * @param step the step to record in the journal first, or null if its entry stays unchanged
     */
    record Verdict(@Nullable Step step, Result result, String detail) {}

    /** {@return the result without a request; empty if the instance may be isolated} */
    Optional<Verdict> insteadOfIsolation(boolean alsoPrepaid) {
        if (shown == null || !isOwn(shown)) {
            return leave();
        }
        if (shown.isIsolated()) {
            if (isRecent(Change.START)) {
                return verdict(Result.KEPT, "it was started a moment ago; " + reference());
            }
            Step step = isUndone() && !isAt(Step.ISOLATED) ? Step.ISOLATED : null;
            return Optional.of(new Verdict(step, Result.ALREADY_ISOLATED, reference()));
        }
        if (isAt(Step.ISOLATED) && (shown.isChanging() || isRecent(Change.ISOLATION))) {
            return verdict(Result.ISOLATED, "it is being isolated; " + reference());
        }
        if (isAt(Step.ISOLATING) && shown.isChanging()) {
            return verdict(Result.IN_DOUBT, "a workflow is changing it, which may be that of its isolation");
        }
        if (shown.isPrepaid() && !alsoPrepaid) {
            return verdict(Result.KEPT, "it is prepaid, and the return of prepaid instances was not confirmed");
        }
        return shown.isProtected() ? verdict(Result.KEPT, "it is protected from deletion") : Optional.empty();
    }

    /** {@return the result without a request; empty if the instance may be started} */
    Optional<Verdict> insteadOfStart() {
        if (shown == null || !isOwn(shown)) {
            return leave();
        }
        if (isAt(Step.RESTORED) && (shown.isChanging() || (!shown.isRunning() && isRecent(Change.START)))) {
            return verdict(Result.RESTORED, "it is being started; " + reference());
        }
        if (!isUndone()) {
            return shown.isIsolated()
                    ? verdict(Result.KEPT, "no undo of this plan has isolated it")
                    : verdict(Result.ALREADY_RUNNING, "");
        }
        if (shown.isRunning()) {
            return isRecent(Change.ISOLATION)
                    ? verdict(Result.KEPT, "it was isolated a moment ago; " + reference())
                    : Optional.of(new Verdict(Step.RESTORED, Result.ALREADY_RUNNING, reference()));
        }
        return shown.isPrepaid()
                ? verdict(Result.KEPT, "it is prepaid: only paying for a renewal starts it again")
                : Optional.empty();
    }

    private Optional<Verdict> leave() {
        return shown == null
                ? verdict(Result.NOT_LISTED, "")
                : verdict(Result.KEPT, "its name is not " + bought.chunk().instanceName() + ", which the plan gave it");
    }

    private static Optional<Verdict> verdict(Result result, String detail) {
        return Optional.of(new Verdict(null, result, detail));
    }

    private boolean isOwn(ListedInstance listed) {
        return listed.name().equals(bought.chunk().instanceName());
    }

    boolean isUndone() {
        return entry != null && entry.isUndone();
    }

    private boolean isAt(Step step) {
        return entry != null && entry.step() == step;
    }

    /** {@return the task or order of the latest request for it; empty if there is none} */
    String reference() {
        return entry == null || isAt(Step.REFUSED) ? "" : entry.reference();
    }

    /**
     * {@return whether a request for this change was or may have been sent so recently that a listing may not show it
     * yet}
     */
    boolean isRecent(Change change) {
        if (!isAt(change.begun) && !isAt(change.done)) {
            return false;
        }
        Duration age = requireNonNull(entry).age();
        return age == null || age.compareTo(visibilityLag) <= 0;
    }
}
