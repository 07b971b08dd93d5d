package io.ramet.reactor.lookup;

import static io.ramet.error.InvalidValueException.unless;
import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.plan.PlanId;

/**
 * A person's confirmation that a plan may be undone.
 *
 * @param planId the plan
 * @param instances the exact number of instances that the plan has bought, including those that are isolated already
 * @param alsoPrepaid whether prepaid instances may be returned as well. Refunds are limited: an account can return only
 *     a certain number of instances without a reason, vouchers are not refunded, and a prepaid instance can be started
 *     again only by paying for a renewal
 */
public record UndoConfirmation(PlanId planId, int instances, boolean alsoPrepaid) {

    /**
     * Rejects a confirmation without instances.
     *
     * @throws InvalidValueException if the number is below 1
     */
    public UndoConfirmation {
        requireNonNull(planId, "planId");
        unless(instances >= 1, "instances", instances, "must be 1 or more");
    }

    /**
     * Confirms that pay-as-you-go instances may be isolated.
     *
     * @param planId the plan
     * @param instances the exact number of instances that the plan has bought
     * @return the confirmation
     */
    public static UndoConfirmation of(PlanId planId, int instances) {
        return new UndoConfirmation(planId, instances, false);
    }

    /** {@return a confirmation that also allows the return of prepaid instances} */
    public UndoConfirmation withPrepaid() {
        return new UndoConfirmation(planId, instances, true);
    }
}
