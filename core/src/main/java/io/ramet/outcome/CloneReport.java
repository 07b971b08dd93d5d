package io.ramet.outcome;

import io.ramet.error.CallFailure;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sum of a plan's outcomes. Counts are instances unless said otherwise, and
 * {@code requested = cloned - surplus + missing + notCloned + inDoubt + sending + pending} at all times.
 *
 * <p>An immutable value: {@link #plus} returns the next one. It holds no deals, so it stays small however large the
 * plan is.
 *
 * @param planId the plan
 * @param requested instances requested
 * @param cloned instances that exist, by their ids
 * @param missing instances of bought chunks whose ids are not known
 * @param surplus instances beyond those requested; anything but 0 is an alarm
 * @param notCloned instances of chunks that certainly had no effect
 * @param inDoubt instances of chunks whose effect is unknown
 * @param sending instances of chunks that were sent, or are about to be, and have no response yet
 * @param pending instances of chunks that have not been sent yet
 * @param deals chunks that were bought
 * @param reason the failure of the first chunk that was not cloned, or null. If some failures {@linkplain
 *     CallFailure#interrupts interrupt} the plan, it is the first of those: their chunks may still be bought
 * @param doubts the chunks in doubt, at most {@link #MAX_DOUBTS} of them
 * @param audit the result of listing the whole plan, or why there is none
 */
public record CloneReport(
        PlanId planId,
        int requested,
        int cloned,
        int missing,
        int surplus,
        int notCloned,
        int inDoubt,
        int sending,
        int pending,
        int deals,
        @Nullable CallFailure reason,
        List<InDoubt> doubts,
        PlanAudit audit) {

    /** The most chunks in doubt that are listed one by one. */
    public static final int MAX_DOUBTS = 1_000;

    private static final PlanAudit NOT_YET = PlanAudit.none("these are the outcomes alone");

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
     * The report of a plan without outcomes, if only its size is known.
     *
     * @param planId the plan
     * @param requested instances requested
     * @return the report, everything pending
     */
    public static CloneReport of(PlanId planId, int requested) {
        return new CloneReport(planId, requested, 0, 0, 0, 0, 0, 0, requested, 0, null, List.of(), NOT_YET);
    }

    /**
     * Adds an outcome.
     *
     * @param outcome the outcome of one more chunk
     * @return the new report
     */
    public CloneReport plus(ChunkOutcome outcome) {
        int goodsNum = outcome.chunk().goodsNum();
        Sum sum = new Sum(this);
        sum.pending -= goodsNum;
        return outcome.fold(
                yes -> {
                    sum.cloned += yes.deal().instanceIds().size();
                    sum.missing += yes.missing();
                    sum.surplus += yes.surplus();
                    sum.deals++;
                    return sum.report(reason, doubts);
                },
                no -> {
                    sum.notCloned += goodsNum;
                    return sum.report(reasonWith(no.failure()), doubts);
                },
                doubt -> {
                    sum.inDoubt += goodsNum;
                    return sum.report(reason, with(doubt));
                });
    }

    /**
     * Adds a chunk that was sent, or is about to be, and has no response yet.
     *
     * @param chunk one more chunk, without an outcome
     * @return the new report
     */
    public CloneReport plusSending(CloneChunk chunk) {
        Sum sum = new Sum(this);
        sum.pending -= chunk.goodsNum();
        sum.sending += chunk.goodsNum();
        return sum.report(reason, doubts);
    }

    /**
     * Adds the result of an audit: instances that exist and were not reported are surplus.
     *
     * @param audit the audit; replaces an earlier one
     * @return the new report
     */
    public CloneReport audited(PlanAudit audit) {
        Sum sum = new Sum(this);
        sum.cloned += audit.surplus() - this.audit.surplus();
        sum.surplus += audit.surplus() - this.audit.surplus();
        sum.audit = audit;
        return sum.report(reason, doubts);
    }

    /** A report that is being computed. */
    private static final class Sum {
        private final CloneReport before;
        private int cloned;
        private int missing;
        private int surplus;
        private int notCloned;
        private int inDoubt;
        private int sending;
        private int pending;
        private int deals;
        private PlanAudit audit;

        Sum(CloneReport before) {
            this.before = before;
            this.cloned = before.cloned;
            this.missing = before.missing;
            this.surplus = before.surplus;
            this.notCloned = before.notCloned;
            this.inDoubt = before.inDoubt;
            this.sending = before.sending;
            this.pending = before.pending;
            this.deals = before.deals;
            this.audit = before.audit;
        }

        CloneReport report(@Nullable CallFailure reason, List<InDoubt> doubts) {
            return new CloneReport(
                    before.planId,
                    before.requested,
                    cloned,
                    missing,
                    surplus,
                    notCloned,
                    inDoubt,
                    sending,
                    pending,
                    deals,
                    reason,
                    doubts,
                    audit);
        }
    }

    /** {@return whether every requested instance exists, and no other} */
    public boolean complete() {
        return cloned == requested && surplus == 0;
    }

    /** {@return the failure of the first chunk that was not cloned; see {@link #reason()}} */
    public Optional<CallFailure> firstReason() {
        return Optional.ofNullable(reason);
    }

    private CallFailure reasonWith(CallFailure failure) {
        return reason == null || (failure.interrupts() && !reason.interrupts()) ? failure : reason;
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
        part(line, surplus, "MORE THAN REQUESTED");
        part(line, notCloned, "not cloned");
        part(line, inDoubt, "in doubt");
        part(line, sending, "sent without a response yet");
        part(line, pending, "not sent yet");
        return audit.equals(NOT_YET)
                ? line.toString()
                : line.append(", ").append(audit.summary()).toString();
    }

    private static void part(StringBuilder line, int count, String what) {
        if (count > 0) {
            line.append(", ").append(count).append(' ').append(what);
        }
    }
}
