package io.ramet.cli;

import io.ramet.json.RequestJson;
import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.DoubtPolicy;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.observe.CloneListener;
import io.ramet.reactor.shape.Shape;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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

    /** What the next command needs as this one was given it. None can hold a secret; how long to look is asked anew. */
    private static final Set<String> GO_ALONG = Set.of(
            "--region",
            "--endpoint",
            "--max-instances",
            "--max-in-doubt",
            "--max-in-flight",
            "--call-timeout",
            "--on-doubt",
            "--visibility-lag",
            "--shaper",
            "--shape",
            "--replicas",
            "--output");

    private @Nullable CloneJournal opened;

    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private JournalOptions journal = new JournalOptions();

    @Mixin
    private ShaperOptions shaper = new ShaperOptions();

    @Option(
            names = "--shape",
            paramLabel = "window|strict|paced",
            description = {
                "How this process keeps to the limit: window sends up to 20 calls at once, strict does so for any jitter of the "
                        + "network, paced spreads them evenly. Default: window. A limit shared by --shaper is always paced."
            })
    private @Nullable Shape shape;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Such as ap-guangzhou; resume and settle know it from the journal.")
    private @Nullable String region;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Defaults to ${DEFAULT-VALUE}; plain http only to this machine.",
            defaultValue = "https://redis.tencentcloudapi.com",
            converter = EndpointUrl.class)
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
            names = "--wait",
            paramLabel = "TIME",
            description = {
                "How long to wait for a plan that another process holds; after a kill it is held for 10 s more.",
                "Default: ${DEFAULT-VALUE}."
            },
            defaultValue = "15s",
            converter = Durations.class)
    private Duration wait = Duration.ofSeconds(15);

    @Option(
            names = "--output",
            paramLabel = "text|ndjson",
            description = "The form of standard output. Default: ${DEFAULT-VALUE}.",
            defaultValue = "text")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    private void checkShape() {
        if (shape != null && shaper.isGiven()) {
            throw usage("--shape and --shaper exclude each other: a limit that is shared is always paced");
        }
    }

    /** {@return a client of the real service, or of what listens at {@code --endpoint}} */
    CloneClient client(CliContext shell, CloneListener listener) {
        if (region == null) {
            throw usage("--region is required, such as --region ap-guangzhou");
        }
        return client(shell, listener, region);
    }

    /** {@return a client to go on with a plan, in its own region unless told otherwise} */
    CloneClient client(CliContext shell, CloneListener listener, StoredPlan plan) {
        return client(shell, listener, region == null ? plan.region() : region);
    }

    private CloneClient client(CliContext shell, CloneListener listener, String region) {
        checkShape();
        return build(shell, builder(region, endpoint, shell.credentials(), listener), endpoint, journal.open(shell));
    }

    /** {@return a client of the simulator} */
    CloneClient client(CliContext shell, CloneListener listener, Simulator simulator) {
        checkShape();
        Credentials key = Credentials.of(simulator.secretId(), simulator.secretKey());
        CloneClientBuilder builder = builder(
                region == null ? SIMULATED_REGION : region, simulator.uri(), CredentialsProvider.fixed(key), listener);
        return build(shell, builder, simulator.uri(), journal.openSimulated(shell));
    }

    private CloneClient build(CliContext shell, CloneClientBuilder builder, URI server, CloneJournal journal) {
        try {
            builder.shaper(
                    shaper.isGiven()
                            ? shaper.open(shell, server.getHost())
                            : Objects.requireNonNullElse(shape, Shape.WINDOW).shaper(ClonePlan.CALLS_PER_SECOND));
            opened = journal;
            return builder.journal(journal).build();
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /** {@return the last plan of the same request of which something was bought, or may have been} */
    Optional<Earlier> earlier(CloneRequest request) {
        CloneJournal open = Objects.requireNonNull(opened, "a client comes first");
        String wanted = RequestJson.shared().writeWithoutPassword(request);
        return open.plans()
                .filter(plan -> plan.request().equals(wanted)
                        && (region == null || plan.region().equals(region)))
                .concatMap(plan -> open.report(plan).map(report -> new Earlier(report, plan.held())))
                .filter(Earlier::mayHaveBought)
                .takeLast(1)
                .next()
                .blockOptional();
    }

    /** After the client. */
    void close() {
        shaper.close();
    }

    private CloneClientBuilder builder(
            String region, URI endpoint, CredentialsProvider credentials, CloneListener listener) {
        return CloneClient.builder()
                .region(region)
                .endpoint(endpoint)
                .credentials(credentials)
                .listener(listener)
                .maxInstances(maxInstances)
                .maxInDoubt(maxInDoubt)
                .maxInFlight(maxInFlight)
                .callTimeout(callTimeout)
                .reconcileFor(reconcileFor)
                .onDoubt(onDoubt())
                .visibilityLag(visibilityLag);
    }

    private DoubtPolicy onDoubt() {
        return switch (onDoubt.toLowerCase(Locale.ROOT)) {
            case "hold" -> DoubtPolicy.HOLD;
            case "resend-when-proven" -> DoubtPolicy.RESEND_WHEN_PROVEN;
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

    BusyPlanRetry patience() {
        return new BusyPlanRetry(wait);
    }

    /**
     * Says how to go on where this command has stopped.
     *
     * @param password where the clones' password is, or null
     * @param needsPassword whether they have one
     */
    NextSteps goingOn(CliContext shell, @Nullable Path password, boolean needsPassword) {
        List<String> options = new ArrayList<>();
        command.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> GO_ALONG.contains(option.longestName()))
                .forEach(option -> options.addAll(
                        List.of(option.longestName(), option.stringValues().get(0))));
        List<String> hints = new ArrayList<>();
        if (needsPassword && password == null) {
            hints.add("resume also needs --password-file FILE: the clones' password is kept nowhere.");
        }
        if (journal.leavesSecretsOut(shell)) {
            hints.add(
                    "Of the journal's URL what may be a secret is left out: set PGPASSWORD or PGPASSFILE, or give it again.");
        }
        return new NextSteps.Commands(
                shell.program(),
                journal.words(shell),
                options,
                needsPassword && password != null
                        ? List.of("--password-file", password.toAbsolutePath().toString())
                        : List.of(),
                hints);
    }

    ParameterException usage(String complaint) {
        return new ParameterException(command.commandLine(), complaint);
    }
}
