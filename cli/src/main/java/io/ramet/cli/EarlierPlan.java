package io.ramet.cli;

import io.ramet.error.ApiRefusal;
import io.ramet.json.RequestJson;
import io.ramet.model.CloneRequest;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import java.util.Optional;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A plan in the journal for the same request as one that is about to be bought.
 *
 * @param report what the journal knows about it
 * @param held whether a process holds it: it is running, or its process was killed a few seconds ago
 * @param underway whether its run has not ended: a service on the same journal may resume it at any moment
 * @param mayShowLater whether stock, quota or balance ran out for one of its chunks, perhaps after a delivery that no
 *     listing has shown yet
 */
record EarlierPlan(CloneReport report, boolean held, boolean underway, boolean mayShowLater) {

    /**
     * {@return the plans with the same request, in that region if one is given, that bought something, or may have;
     * oldest first}
     *
     * @param anyBackup whether a request for another backup is the same, because the latest one is wanted
     */
    static Flux<EarlierPlan> find(
            CloneJournal journal, CloneRequest request, Optional<String> region, boolean anyBackup) {
        UnaryOperator<String> compared = anyBackup ? EarlierPlan::withoutBackup : json -> json;
        String wanted = compared.apply(RequestJson.shared().writeWithoutPassword(request));
        return journal.plans()
                .filter(plan -> compared.apply(plan.request()).equals(wanted)
                        && plan.region().equals(region.orElse(plan.region())))
                .concatMap(plan -> mayShowLater(journal.outcomes(plan.id(), 0))
                        .zipWith(
                                journal.report(plan),
                                (later, report) -> new EarlierPlan(report, plan.held(), plan.underway(), later)))
                .filter(EarlierPlan::mayHaveBought);
    }

    private static Mono<Boolean> mayShowLater(Flux<PlacedOutcome> outcomes) {
        return outcomes.map(PlacedOutcome::outcome)
                .ofType(NotCloned.class)
                .any(refused -> refused.failure() instanceof ApiRefusal refusal
                        && refusal.code().mayHavePartialEffect());
    }

    private static String withoutBackup(String json) {
        ObjectNode request = (ObjectNode) JsonMapper.shared().readTree(json);
        request.remove("BackupId");
        return request.toString();
    }

    PlanId planId() {
        return report.planId();
    }

    /** {@return whether money was spent on it, or may have been, or is being spent now, or will be by itself} */
    boolean mayHaveBought() {
        return held || underway || isBought() || mayShowLater;
    }

    private boolean isBought() {
        return report.deals() + report.inDoubt() + report.sending() > 0;
    }

    /** {@return the plan in words, for the person who is about to buy the same again} */
    String words() {
        return fact() + report.summary();
    }

    private String fact() {
        if (held) {
            return "The same request is being bought now: ";
        }
        if (underway) {
            return "The same request was begun before, and a service may resume it: ";
        }
        return isBought()
                ? "The same request was bought before: "
                : "The same request was refused before, and may have been delivered all the same: ";
    }
}
