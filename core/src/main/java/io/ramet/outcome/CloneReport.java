package io.ramet.outcome;

import io.ramet.error.CallFailure;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of a plan added up. Counts are instances unless said otherwise, and
 * {@code requested = cloned - surplus + missing + notCloned + inDoubt + pending} at all times.
 *
 * <p>An immutable value: {@link #plus} makes the next one. It holds no deals, so it stays small however large the plan.
 *
 * @param planId the plan
 * @param requested instances asked for
 * @param cloned instances that exist, by their ids
 * @param missing instances of bought chunks whose ids are not known
 * @param surplus instances more than asked for; anything but 0 is an alarm
 * @param notCloned instances of chunks that surely had no effect
 * @param inDoubt instances of chunks of which nobody knows
 * @param pending instances of chunks without an outcome yet
 * @param deals chunks that were bought
 * @param reason why the first chunk that was not cloned was not, or null
 * @param doubts the chunks in doubt, at most {@link #MAX_DOUBTS} of them
 */
public record CloneReport(
        PlanId planId,
        int requested,
        int cloned,
        int missing,
        int surplus,
        int notCloned,
        int inDoubt,
        int pending,
        int deals,
        @Nullable CallFailure reason,
        List<InDoubt> doubts) {

    /** How many chunks in doubt are listed one by one. */
    public static final int MAX_DOUBTS = 1_000;

    /** Keeps its own copy of the doubts. */
    public CloneReport {
        doubts = List.copyOf(doubts);
    }

    /**
     * The report of a plan without outcomes.
     *
     * @param plan the plan
     * @return the report, everything pending
     */
    public static CloneReport of(ClonePlan plan) {
        return of(plan.id(), plan.request().goodsNum());
    }

    /**
     * The report of a plan without outcomes, of which only the size is known.
     *
     * @param planId the plan
     * @param requested instances asked for
     * @return the report, everything pending
     */
    public static CloneReport of(PlanId planId, int requested) {
        return new CloneReport(planId, requested, 0, 0, 0, 0, 0, requested, 0, null, List.of());
    }

    /**
     * Adds an outcome.
     *
     * @param outcome the outcome of one more chunk
     * @return the new report
     */
    public CloneReport plus(ChunkOutcome outcome) {
        int goodsNum = outcome.chunk().goodsNum();
        return outcome.fold(
                yes -> new CloneReport(
                        planId,
                        requested,
                        cloned + yes.deal().instanceIds().size(),
                        missing + yes.missing(),
                        surplus + yes.surplus(),
                        notCloned,
                        inDoubt,
                        pending - goodsNum,
                        deals + 1,
                        reason,
                        doubts),
                no -> new CloneReport(
                        planId,
                        requested,
                        cloned,
                        missing,
                        surplus,
                        notCloned + goodsNum,
                        inDoubt,
                        pending - goodsNum,
                        deals,
                        reason == null ? no.failure() : reason,
                        doubts),
                doubt -> new CloneReport(
                        planId,
                        requested,
                        cloned,
                        missing,
                        surplus,
                        notCloned,
                        inDoubt + goodsNum,
                        pending - goodsNum,
                        deals,
                        reason,
                        with(doubt)));
    }

    /** {@return whether every instance asked for exists, and no other} */
    public boolean complete() {
        return cloned == requested && surplus == 0;
    }

    /** {@return why the first chunk that was not cloned was not} */
    public Optional<CallFailure> firstReason() {
        return Optional.ofNullable(reason);
    }

    private List<InDoubt> with(InDoubt doubt) {
        if (doubts.size() >= MAX_DOUBTS) {
            return doubts;
        }
        List<InDoubt> more = new ArrayList<>(doubts);
        more.add(doubt);
        return more;
    }

    /** {@return the report in one line for people} */
    public String summary() {
        StringBuilder line = new StringBuilder("plan " + planId + ": " + cloned + " of " + requested + " cloned in "
                + deals + (deals == 1 ? " deal" : " deals"));
        part(line, missing, "bought with unknown ids");
        part(line, surplus, "MORE THAN ASKED FOR");
        part(line, notCloned, "not cloned");
        part(line, inDoubt, "in doubt");
        part(line, pending, "pending");
        return line.toString();
    }

    private static void part(StringBuilder line, int count, String what) {
        if (count > 0) {
            line.append(", ").append(count).append(' ').append(what);
        }
    }
}
