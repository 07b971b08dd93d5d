package io.ramet.cli;

import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.OnDoubt;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Whom to ask, within which limits, and where to keep account. */
final class ClientOptions {

    private static final String SIMULATED_REGION = "ap-guangzhou";

    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private JournalOptions journal = new JournalOptions();

    @Option(names = "--region", paramLabel = "REGION", description = "Such as ap-guangzhou; needed unless --simulate.")
    private @Nullable String region;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Defaults to ${DEFAULT-VALUE}; plain http only to this machine.",
            defaultValue = "https://redis.tencentcloudapi.com")
    private URI endpoint = CloneClientBuilder.MAINLAND;

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

    @Option(
            names = "--on-doubt",
            paramLabel = "hold|resend-when-proven",
            description = "What becomes of a chunk in doubt that is not found. Default: ${DEFAULT-VALUE}.",
            defaultValue = "hold")
    private String onDoubt = "hold";

    @Option(
            names = "--visibility-lag",
            paramLabel = "TIME",
            description = "How soon a purchase is assumed to show, for resend-when-proven. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2m",
            converter = Durations.class)
    private Duration visibilityLag = Duration.ofMinutes(2);

    @Option(
            names = "--output",
            paramLabel = "text|ndjson",
            description = "The form of standard output. Default: ${DEFAULT-VALUE}.",
            defaultValue = "text")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    /** {@return a client of the real service, or of what listens at {@code --endpoint}} */
    CloneClientBuilder client(Shell shell) {
        if (region == null) {
            throw usage("--region is required, such as --region ap-guangzhou");
        }
        return client(region, endpoint, shell.credentials()).journal(journal.open(shell));
    }

    /** {@return a client of the simulator} */
    CloneClientBuilder client(Simulator simulator) {
        return client(
                        region == null ? SIMULATED_REGION : region,
                        simulator.uri(),
                        CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .journal(journal.openSimulated());
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
                .reconcileFor(reconcileFor)
                .onDoubt(onDoubt())
                .visibilityLag(visibilityLag);
    }

    private OnDoubt onDoubt() {
        return switch (onDoubt.toLowerCase(Locale.ROOT)) {
            case "hold" -> OnDoubt.HOLD;
            case "resend-when-proven" -> OnDoubt.RESEND_WHEN_PROVEN;
            default -> throw usage("--on-doubt '" + onDoubt + "': must be hold or resend-when-proven");
        };
    }

    JournalOptions journal() {
        return journal;
    }

    int maxInstances() {
        return maxInstances;
    }

    boolean endpointGiven() {
        return !endpoint.equals(CloneClientBuilder.MAINLAND);
    }

    OutcomeLines lines() {
        return output.lines();
    }

    /** {@return where the money would go, for whoever is asked} */
    String target() {
        return endpoint.getHost() + (region == null ? "" : ", region " + region);
    }

    /** {@return the options of a command that goes on where this one has stopped} */
    String toGoOn() {
        return " --region " + region + (endpointGiven() ? " --endpoint " + endpoint : "") + journal.asGiven();
    }

    ParameterException usage(String complaint) {
        return new ParameterException(command.commandLine(), complaint);
    }
}
