package io.ramet.outcome;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listing of all instances that bear a plan's marks, compared with the plan's outcomes. It shows what no response
 * does: that something between client and server has caused a request to be executed twice.
 *
 * @param whyNot the reason why the comparison is incomplete, in words; null if it is complete
 * @param listed instances in the listing
 * @param surplus instances that exist and were neither reported nor requested; anything but 0 is an alarm
 * @param surplusIds their ids, at most {@link #MAX_IDS} of them
 * @param found instances of chunks in doubt, or of deals with unknown ids, that were found in the listing and are
 *     reported from now on
 */
public record PlanAudit(@Nullable String whyNot, int listed, int surplus, List<String> surplusIds, int found) {

    /** The most ids that are listed one by one. */
    public static final int MAX_IDS = 1_000;

    /** Keeps its own copy of the ids, and no more than {@link #MAX_IDS}. */
    public PlanAudit {
        surplusIds = List.copyOf(surplusIds.subList(0, Math.min(MAX_IDS, surplusIds.size())));
    }

    /**
     * The result when no comparison was made.
     *
     * @param whyNot the reason, in words
     * @return an audit that says so
     */
    public static PlanAudit none(String whyNot) {
        return new PlanAudit(whyNot, 0, 0, List.of(), 0);
    }

    /** {@return whether every reported instance was listed, so that the comparison is complete} */
    public boolean done() {
        return whyNot == null;
    }

    /** {@return {@code audited}, or {@code not audited} with the reason, for people} */
    public String summary() {
        return done() ? "audited" : "not audited: " + whyNot;
    }
}
