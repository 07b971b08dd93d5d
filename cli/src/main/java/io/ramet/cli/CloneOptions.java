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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** The options of {@code clone}, and of {@code plan}, which shows what {@code clone} would do with them. */
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
            description =
                    "Buys a request again that was bought before, as the journal shows; not needed with --plan-id.")
    private boolean again;

    @Option(names = "--simulate", description = "Uses a simulator within this process: costs nothing.")
    private boolean simulate;

    /** The plans for the same request that were found before a purchase. */
    private final Set<PlanId> found = ConcurrentHashMap.newKeySet();

    /**
     * The plan, within the spending cap.
     *
     * @param sells whether the plan is sent to a server that sells, so that a password is needed
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

    /** {@return the id of {@code --plan-id}, which an earlier command may have bought} */
    Optional<String> planId() {
        return Optional.ofNullable(planId);
    }

    private String latestBackup(CliContext context, String source) {
        return lookUp(context, lookups -> lookups.latestBackup(source))
                .map(Backup::backupId)
                .orElseThrow(() -> new InvalidValueException(
                        "--backup",
                        "latest",
                        "cannot be found: " + source + " has no backup that can certainly be cloned; ramet backups "
                                + source + " lists all of them"));
    }

    /** {@return the result of a look-up, which neither buys nor needs a journal} */
    <T> Optional<T> lookUp(CliContext context, Function<LookupClient, Mono<T>> question) {
        try (Simulator simulator = startSimulator();
                CloneClient asked = client.lookups(context, simulator)) {
            return question.apply(asked.lookups()).blockOptional();
        }
    }

    /** {@return what can be known before the plan is bought, with the same client and journal as the purchase} */
    PreflightReport preflight(CliContext context, ClonePlan plan) {
        try (Simulator simulator = startSimulator();
                CloneClient asked = client.client(context, new InFlightChunks(), simulator, UnaryOperator.identity())) {
            return asked.lookups().preflight(plan).blockOptional().orElseThrow();
        } finally {
            client.close();
        }
    }

    /** {@return the simulator to buy from; null without {@code --simulate}} */
    @Nullable
    Simulator startSimulator() {
        return simulate() ? Simulator.start() : null;
    }

    /**
     * {@return a client that buys; without {@code --plan-id} and {@code --again}, it refuses a request that another
     * command has begun to buy since {@link #earlier}}
     */
    CloneClient buying(CliContext context, InFlightChunks observer, @Nullable Simulator simulator) {
        return client.client(
                context,
                observer,
                simulator,
                journal -> isOneAtATime() ? new OneAtATime(journal, found, request.isLatestBackup()) : journal);
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
     * Looks up an earlier plan with the same request. A plan with {@code --plan-id} needs no such look-up: it is bought
     * once, however often it is cloned.
     *
     * @return the last plan that has bought something, or may have; empty if there is none, or with {@code --again}
     */
    Optional<EarlierPlan> earlier(CliContext context, ClonePlan plan) {
        if (!isOneAtATime()) {
            return Optional.empty();
        }
        List<EarlierPlan> all = client.earlier(context, plan.request(), request.isLatestBackup());
        all.forEach(earlier -> found.add(earlier.planId()));
        return all.stream().reduce((before, last) -> last);
    }

    /** {@return whether the request may be bought only if no other plan is buying it or has bought it} */
    private boolean isOneAtATime() {
        return !again && planId == null;
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
