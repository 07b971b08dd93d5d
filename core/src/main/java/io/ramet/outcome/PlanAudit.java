package io.ramet.outcome;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listing of all instances that bear a plan's marks has shown, compared with what was reported of the plan. It notices
 * what no response says: a request that something between client and server has executed twice.
 *
 * @param whyNot why the comparison is not whole, in words; null if it is
 * @param listed instances that the listing showed
 * @param surplus instances that exist and were neither reported nor asked for; anything but 0 is an alarm
 * @param surplusIds their ids, at most {@link #MAX_IDS} of them
 * @param found instances of chunks in doubt, or of deals with unknown ids, that the listing showed and that are reported from now on
 */
public record PlanAudit(@Nullable String whyNot, int listed, int surplus, List<String> surplusIds, int found) {

    /** How many ids are listed one by one. */
    public static final int MAX_IDS = 1_000;

    /** Keeps its own copy of the ids, and no more than {@link #MAX_IDS}. */
    public PlanAudit {
        surplusIds = List.copyOf(surplusIds.subList(0, Math.min(MAX_IDS, surplusIds.size())));
    }

    /**
     * No comparison was made.
     *
     * @param whyNot why, in words
     * @return an audit that says so
     */
    public static PlanAudit none(String whyNot) {
        return new PlanAudit(whyNot, 0, 0, List.of(), 0);
    }

    /** {@return whether every reported instance was listed, so that the comparison is whole} */
    public boolean done() {
        return whyNot == null;
    }

    /** {@return "audited", or why not, for people} */
    public String summary() {
        return done() ? "audited" : "not audited: " + whyNot;
    }
}
