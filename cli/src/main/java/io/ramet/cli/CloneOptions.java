package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Backup;
import io.ramet.model.CloneRequest;
import io.ramet.model.PreflightReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.lookup.LookupClient;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

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

    @Mixin
    private WaitOptions waiting = new WaitOptions();

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
        CloneRequest wanted = request.request(context, sells && !simulate, source -> latestBackup(context, source));
        ClonePlan plan = planId == null ? ClonePlan.of(wanted) : ClonePlan.of(PlanId.of(planId), wanted);
        InvalidValueException.unless(
                wanted.goodsNum() <= client.maxInstances(),
                "goodsNum",
                wanted.goodsNum(),
                "must be at most " + client.maxInstances() + ", the spending cap; --max-instances raises it");
        return plan;
    }

    String latestBackup(CliContext context, String source) {
        return lookUp(context, lookups -> lookups.latestBackup(source))
                .map(Backup::backupId)
                .orElseThrow(() -> new InvalidValueException(
                        "--backup",
                        "latest",
                        "names nothing: " + source + " has no backup that can surely be cloned; " + "ramet backups "
                                + source + " lists all"));
    }

    /** {@return the result of a look-up, which neither buys nor needs a journal} */
    <T> Optional<T> lookUp(CliContext context, Function<LookupClient, Mono<T>> question) {
        if (simulate()) {
            try (Simulator simulator = Simulator.start();
                    CloneClient asked = client.lookups(context, simulator)) {
                return question.apply(asked.lookups()).blockOptional();
            }
        }
        try (CloneClient asked = client.lookups(context)) {
            return question.apply(asked.lookups()).blockOptional();
        }
    }

    /** {@return what can be known before the plan is bought, with the same client and journal as the purchase} */
    PreflightReport preflight(CliContext context, ClonePlan plan) {
        try (Simulator simulator = simulate() ? Simulator.start() : null;
                CloneClient asked = simulator == null
                        ? client.client(context, new InFlightChunks(), false)
                        : client.client(context, new InFlightChunks(), simulator, false)) {
            return asked.lookups().preflight(plan).blockOptional().orElseThrow();
        } finally {
            client.close();
        }
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
        return isOneAtATime() ? client.earlier(context, plan.request(), request.isLatestBackup()) : Optional.empty();
    }

    /** {@return whether the request may be bought only if no other plan buys it, or has bought it} */
    boolean isOneAtATime() {
        return !again && planId == null;
    }

    OutcomeLines lines() {
        return client.lines();
    }

    /** {@return the wait after the purchase, if one is wanted} */
    Optional<InstanceWait> wait(CliContext context) {
        return waiting.wait(context, client.instances());
    }

    /** {@return the time of --wait-for} */
    Optional<Duration> longestWait() {
        return waiting.longest();
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
