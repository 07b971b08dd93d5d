package io.ramet.cli;

import io.ramet.error.InvalidRequestException;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that {@code plan} and {@code clone} share, so that one command line can be tried before it is meant. */
final class CloneOptions {

    private static final String SIMULATED_REGION = "ap-guangzhou";

    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private RequestOptions request = new RequestOptions();

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Such as ap-guangzhou; clone needs it unless --simulate.")
    private @Nullable String region;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Defaults to ${DEFAULT-VALUE}; plain http only to this machine.",
            defaultValue = "https://redis.tencentcloudapi.com")
    private URI endpoint = CloneClientBuilder.MAINLAND;

    @Option(
            names = "--plan-id",
            paramLabel = "ID",
            description = "The plan's idempotency key and the root of its marks; drawn by chance if absent.")
    private @Nullable String planId;

    @Option(
            names = "--journal",
            paramLabel = "none",
            description = "Where it is kept what was bought. Only none, for now: nothing outlives the process.",
            defaultValue = "none")
    private String journal = "none";

    @Option(
            names = "--max-instances",
            paramLabel = "N",
            description = "Spending cap: a plan for more is refused. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1000")
    private int maxInstances;

    @Option(
            names = "--max-in-doubt",
            paramLabel = "N",
            description = "So many chunks in doubt stop the sending. Default: ${DEFAULT-VALUE}.",
            defaultValue = "3")
    private int maxInDoubt;

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            description = "Calls on their way at once. Default: ${DEFAULT-VALUE}.",
            defaultValue = "40")
    private int maxInFlight;

    @Option(
            names = "--call-timeout",
            paramLabel = "TIME",
            description = "After that a call without an answer is in doubt. Default: ${DEFAULT-VALUE}.",
            defaultValue = "60s",
            converter = Durations.class)
    private Duration callTimeout = Duration.ofSeconds(60);

    @Option(
            names = "--reconcile-for",
            paramLabel = "TIME",
            description = "How long instances in doubt are looked for; 0s does not look. Default: ${DEFAULT-VALUE}.",
            defaultValue = "30s",
            converter = Durations.class)
    private Duration reconcileFor = Duration.ofSeconds(30);

    @Option(names = "--yes", description = "Buys without asking.")
    private boolean yes;

    @Option(names = "--simulate", description = "Buys from a simulator within this process: costs nothing.")
    private boolean simulate;

    @Option(
            names = "--output",
            paramLabel = "text|ndjson",
            description = "The form of standard output. Default: ${DEFAULT-VALUE}.",
            defaultValue = "text")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    /** {@return the plan, within the spending cap} */
    ClonePlan plan(Shell shell) {
        if (!journal.equals("none")) {
            throw usage("--journal '" + journal + "': durable journals come later; only none is accepted now");
        }
        ClonePlan plan = planId == null
                ? ClonePlan.of(request.request(shell.in()))
                : ClonePlan.of(PlanId.of(planId), request.request(shell.in()));
        InvalidRequestException.unless(
                plan.request().goodsNum() <= maxInstances,
                "goodsNum",
                plan.request().goodsNum(),
                "must be at most " + maxInstances + ", the spending cap; --max-instances raises it");
        return plan;
    }

    /** {@return a client of the real service, or of what listens at {@code --endpoint}} */
    CloneClientBuilder client(CredentialsProvider credentials) {
        if (region == null) {
            throw usage("--region is required, such as --region ap-guangzhou");
        }
        return client(region, endpoint, credentials);
    }

    /** {@return a client of the simulator} */
    CloneClientBuilder client(Simulator simulator) {
        return client(
                region == null ? SIMULATED_REGION : region,
                simulator.uri(),
                CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())));
    }

    private CloneClientBuilder client(String region, URI endpoint, CredentialsProvider credentials) {
        return CloneClient.builder()
                .region(region)
                .endpoint(endpoint)
                .credentials(credentials)
                .maxInstances(maxInstances)
                .maxInDoubt(maxInDoubt)
                .maxInFlight(maxInFlight)
                .callTimeout(callTimeout)
                .reconcileFor(reconcileFor);
    }

    boolean simulate() {
        if (simulate && !endpoint.equals(CloneClientBuilder.MAINLAND)) {
            throw usage("--simulate and --endpoint exclude each other");
        }
        return simulate;
    }

    boolean yes() {
        return yes;
    }

    OutcomeLines lines() {
        return output.lines();
    }

    /** {@return where the money would go, for whoever is asked} */
    String target() {
        return simulate ? "the simulator" : endpoint.getHost() + (region == null ? "" : ", region " + region);
    }

    private ParameterException usage(String complaint) {
        return new ParameterException(command.commandLine(), complaint);
    }
}
