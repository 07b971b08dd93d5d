package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that {@code plan} and {@code clone} share, so that one command line can be shown before it buys. */
final class CloneOptions {

    @ArgGroup(validate = false, order = 1, heading = "%nRequest:%n")
    private RequestOptions request = new RequestOptions();

    @Option(
            names = "--plan-id",
            paramLabel = "ID",
            description = "The plan's idempotency key and the root of its marks; random if absent.")
    private @Nullable String planId;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Option(names = "--yes", description = "Buys without asking.")
    private boolean yes;

    @Option(
            names = "--again",
            description = "Buys a request again that the journal knows as bought; not needed with --plan-id.")
    private boolean again;

    @Option(names = "--simulate", description = "Buys from a simulator within this process: costs nothing.")
    private boolean simulate;

    /**
     * The plan, within the spending cap.
     *
     * @param sells whether it goes to a server that sells, so that a password is needed
     */
    ClonePlan plan(CliContext context, boolean sells) {
        CloneRequest wanted = request.request(context, sells && !simulate);
        ClonePlan plan = planId == null ? ClonePlan.of(wanted) : ClonePlan.of(PlanId.of(planId), wanted);
        InvalidValueException.unless(
                wanted.goodsNum() <= client.maxInstances(),
                "goodsNum",
                wanted.goodsNum(),
                "must be at most " + client.maxInstances() + ", the spending cap; --max-instances raises it");
        return plan;
    }

    ClientOptions client() {
        return client;
    }

    boolean simulate() {
        if (simulate && client.isEndpointGiven()) {
            throw client.usage("--simulate and --endpoint exclude each other");
        }
        return simulate;
    }

    boolean yes() {
        return yes;
    }

    /**
     * Looks up an earlier plan with the same request. A plan with an id of its own needs no such look-up: it is bought
     * once, however often it is cloned.
     *
     * @return the last one that bought something, or may have; empty if there is none, or if buying again is meant
     */
    Optional<Earlier> earlier(CliContext context, ClonePlan plan) {
        return again || planId != null ? Optional.empty() : client.earlier(context, plan.request());
    }

    OutcomeLines lines() {
        return client.lines();
    }

    /** {@return the server that sells, for the question before a purchase} */
    String target(CliContext context) {
        return simulate ? "the simulator" : client.target(context);
    }

    /** {@return the commands that continue where this one has stopped} */
    NextSteps nextSteps(CliContext context, ClonePlan plan) {
        if (simulate) {
            return NextSteps.needless();
        }
        return client.journal().isNone()
                ? NextSteps.impossible()
                : client.nextSteps(
                        context, request.passwordFile(), plan.request().password() != null);
    }
}
