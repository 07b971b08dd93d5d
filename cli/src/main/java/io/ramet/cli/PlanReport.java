package io.ramet.cli;

import io.ramet.json.RequestJson;
import io.ramet.model.Secret;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.StoredPlan;
import org.jspecify.annotations.Nullable;

/**
 * A plan in the journal.
 *
 * @param plan the plan
 * @param report the sum of its outcomes
 */
record PlanReport(StoredPlan plan, CloneReport report) {

    /** How far a plan is. */
    enum State {
        /** All instances were cloned. */
        complete,
        /** A process holds it: it runs, or its process was killed a few seconds ago. */
        running,
        /** It is not running, and chunks are in doubt or ids are missing. */
        in_doubt,
        /** It is not running, and some chunks were refused or not sent. */
        incomplete,
        /** More instances exist than were requested. */
        surplus
    }

    State state() {
        if (report.surplus() > 0) {
            return State.surplus;
        }
        if (report.complete()) {
            return State.complete;
        }
        if (plan.held()) {
            return State.running;
        }
        return report.inDoubt() + report.missing() > 0 ? State.in_doubt : State.incomplete;
    }

    String name() {
        return plan.fields().text("InstanceName").orElse("");
    }

    /** {@return how many instances there will be when its run is over, as far as that is known} */
    int expected() {
        return plan.held() ? report.requested() - report.notCloned() : report.cloned();
    }

    /** {@return whether every chunk was bought, so that no request can be sent for it any more} */
    boolean isBought() {
        return report.cloned() - report.surplus() + report.missing() == report.requested();
    }

    /**
     * The plan to run.
     *
     * @param password the clones' password; null if they have none, or if every chunk was bought
     */
    ClonePlan clonePlan(@Nullable Secret password) {
        boolean placeholder = password == null && RequestOptions.needsPassword(plan);
        return ClonePlan.of(
                plan.id(),
                RequestJson.shared().read(plan.request(), placeholder ? RequestOptions.NO_PASSWORD : password));
    }
}
