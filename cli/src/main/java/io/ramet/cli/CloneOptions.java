package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that {@code plan} and {@code clone} share, so that one command line can be tried before it is meant. */
final class CloneOptions {

    @Mixin
    private RequestOptions request = new RequestOptions();

    @Option(
            names = "--plan-id",
            paramLabel = "ID",
            description = "The plan's idempotency key and the root of its marks; drawn by chance if absent.")
    private @Nullable String planId;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Option(names = "--yes", description = "Buys without asking.")
    private boolean yes;

    @Option(
            names = "--again",
            description = "Buys also what the journal knows as bought before; needless with --plan-id.")
    private boolean again;

    @Option(names = "--simulate", description = "Buys from a simulator within this process: costs nothing.")
    private boolean simulate;

    /** {@return the plan, within the spending cap} */
    ClonePlan plan(CliContext shell) {
        ClonePlan plan = planId == null
                ? ClonePlan.of(request.request(shell.in()))
                : ClonePlan.of(PlanId.of(planId), request.request(shell.in()));
        InvalidValueException.unless(
                plan.request().goodsNum() <= client.maxInstances(),
                "goodsNum",
                plan.request().goodsNum(),
                "must be at most " + client.maxInstances() + ", the spending cap; --max-instances raises it");
        return plan;
    }

    ClientOptions client() {
        return client;
    }

    boolean simulate() {
        if (simulate && client.endpointGiven()) {
            throw client.usage("--simulate and --endpoint exclude each other");
        }
        return simulate;
    }

    boolean yes() {
        return yes;
    }

    /**
     * Looks for an earlier plan of the same request. A plan with an id of its own needs no such look: it is bought once, however
     * often it is asked for.
     *
     * @return the last one of which something was bought, or may have been; empty if there is none, or that is meant
     */
    Optional<Earlier> earlier(ClonePlan plan) {
        return again || planId != null ? Optional.empty() : client.earlier(plan.request());
    }

    OutcomeLines lines() {
        return client.lines();
    }

    /** {@return where the money would go, for whoever is asked} */
    String target() {
        return simulate ? "the simulator" : client.target();
    }

    /** {@return what can be done about what a plan leaves open} */
    NextSteps goingOn(CliContext shell, ClonePlan plan) {
        if (simulate) {
            return NextSteps.needless();
        }
        return client.journal().isNone()
                ? NextSteps.impossible()
                : client.goingOn(shell, request.passwordFile(), plan.request().password() != null);
    }
}
