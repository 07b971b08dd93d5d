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
 * it is certainly the plan's own: it bears the name of its chunk, mark included. It is kept if it is protected, if it is
 * prepaid and that was not confirmed, or if the effect of an earlier request may not show yet.
 *
 * @param bought the instance as the journal knows it
 * @param shown the instance as it was just listed, or null if it is not listed
 * @param entry what an earlier undo has written of it, or null
 * @param visibilityLag how long a change may not show in listings
 */
record UndoRule(
        PurchasedInstance bought,
        @Nullable ListedInstance shown,
        @Nullable UndoEntry entry,
        Duration visibilityLag) {

    /** The two things that can be done with an instance. */
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
     * @param step the step that the journal has to record first, or null if its entry stays as it is
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
            return verdict(Result.IN_DOUBT, "it is in a workflow, which may be that of its isolation");
        }
        if (shown.isPrepaid() && !alsoPrepaid) {
            return verdict(Result.KEPT, "it is prepaid, and returning those was not confirmed");
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

    /** {@return what the API responded to the latest request for it; empty if there is nothing} */
    String reference() {
        return entry == null || isAt(Step.REFUSED) ? "" : entry.reference();
    }

    /** {@return whether a request for it was sent, or may have been, so lately that a listing may be older} */
    boolean isRecent(Change change) {
        if (!isAt(change.begun) && !isAt(change.done)) {
            return false;
        }
        Duration age = requireNonNull(entry).age();
        return age == null || age.compareTo(visibilityLag) <= 0;
    }
}
