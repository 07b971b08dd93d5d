package io.ramet.reactor.lookup;

import io.ramet.error.RametException;
import io.ramet.plan.PlanId;

/**
 * A plan is not undone, because the confirmation does not match it, or because it is not known what it has bought.
 * Nothing was sent.
 */
public final class UndoRefusedException extends RametException {

    /** Why a plan is not undone. */
    public enum Reason {
        /** The confirmed number is not the number of instances that the plan has bought. */
        WRONG_NUMBER,
        /** The plan buys prepaid instances, and the consent to return them is missing. */
        PREPAID,
        /** Chunks were sent and have no outcome yet; reconcile the plan first. */
        UNSETTLED
    }

    private final transient PlanId planId;
    private final Reason reason;
    private final int instances;

    UndoRefusedException(PlanId planId, Reason reason, int instances, String what) {
        super("plan " + planId + " is not undone: " + what, null);
        this.planId = planId;
        this.reason = reason;
        this.instances = instances;
    }

    /** {@return the plan} */
    public PlanId planId() {
        return planId;
    }

    /** {@return why it is not undone} */
    public Reason reason() {
        return reason;
    }

    /** {@return how many instances the plan has bought, as far as the journal knows} */
    public int instances() {
        return instances;
    }
}
