package io.ramet.cli;

import io.ramet.model.CloneRequest;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of every command that needs a client. */
final class ClientOptions {

    private static final String SIMULATED_REGION = "ap-guangzhou";

    private @Nullable CloneJournal opened;

    private @Nullable CloneClient client;

    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--output", paramLabel = "text|ndjson", description = "The form of standard output. Default: text.")
    private OutcomeLines.Form output = OutcomeLines.Form.text;

    @Option(
            names = "--busy-for",
            paramLabel = "TIME",
            description = {
                "How long to wait for a plan that another process holds; a killed process holds it for 10 s more.",
                "Default: 15s."
            })
    private Duration busyFor = BusyPlanRetry.WHILE_A_KILLED_PROCESS_HOLDS_IT.longest();

    /** Read before the command line is parsed, because loggers are made early. */
    @Option(
            names = "--verbose",
            description = "Logs each step to standard error, for a bug report; the log holds no secret.")
    @SuppressWarnings("UnusedVariable")
    private boolean verbose;

    @ArgGroup(validate = false, order = 10, heading = "%nConnection:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    @ArgGroup(validate = false, order = 20, heading = "%nSafety:%n")
    private SafetyOptions safety = new SafetyOptions();

    @ArgGroup(validate = false, order = 30, heading = "%nJournal:%n")
    private JournalOptions journal = new JournalOptions();

    @ArgGroup(validate = false, order = 40, heading = "%nLimit:%n")
    private LimitOptions limit = new LimitOptions();

    /**
     * {@return a client of the real service, or of the server at {@code --endpoint}, or of the simulator if there is
     * one}
     *
     * @param guarding wraps the journal that the client writes to
     */
    CloneClient client(
            CliContext context,
            InFlightChunks observer,
            @Nullable Simulator simulator,
            UnaryOperator<CloneJournal> guarding) {
        limit.check();
        return simulator == null
                ? build(
                        context,
                        real(context, observer, region(context)),
                        connection.endpoint(),
                        journal.open(context),
                        guarding)
                : build(
                        context,
                        simulated(context, observer, simulator),
                        simulator.uri(),
                        journal.openSimulated(context),
                        guarding);
    }

    /** {@return a client to resume a plan, in the plan's region unless {@code --region} names another one} */
    CloneClient client(CliContext context, InFlightChunks observer, StoredPlan plan) {
        limit.check();
        String region = connection.givenRegion().orElse(plan.region());
        return build(
                context,
                real(context, observer, region),
                connection.endpoint(),
                journal.open(context),
                UnaryOperator.identity());
    }

    /** {@return a client without journal and limit, for look-ups alone; of the simulator if there is one} */
    CloneClient lookups(CliContext context, @Nullable Simulator simulator) {
        InFlightChunks observer = new InFlightChunks();
        return (simulator == null ? real(context, observer, region(context)) : simulated(context, observer, simulator))
                .build();
    }

    private CloneClientBuilder real(CliContext context, InFlightChunks observer, String region) {
        return builder(region, connection.endpoint(), connection.credentials(context), observer)
                .network(connection.network(context));
    }

    private CloneClientBuilder simulated(CliContext context, InFlightChunks observer, Simulator simulator) {
        Credentials key = Credentials.of(simulator.secretId(), simulator.secretKey());
        String region = connection.region(context).orElse(SIMULATED_REGION);
        return builder(region, simulator.uri(), CredentialsProvider.fixed(key), observer);
    }

    private String region(CliContext context) {
        return connection
                .region(context)
                .orElseThrow(() -> usage("--region is required, such as --region ap-guangzhou"));
    }

    private CloneClientBuilder builder(
            String region, URI endpoint, CredentialsProvider credentials, InFlightChunks observer) {
        return safety.apply(CloneClient.builder())
                .region(region)
                .endpoint(endpoint)
                .credentials(credentials)
                .callTimeout(connection.callTimeout())
                .maxInFlight(limit.maxInFlight())
                .observer(observer);
    }

    private CloneClient build(
            CliContext context,
            CloneClientBuilder builder,
            URI server,
            CloneJournal journal,
            UnaryOperator<CloneJournal> guarding) {
        try {
            opened = journal;
            CloneClient built = builder.shaper(limit.open(context, server.getHost()))
                    .journal(guarding.apply(journal))
                    .build();
            client = built;
            return built;
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /**
     * {@return the plans with the same request that have bought something, or may have, oldest first; a client must
     * have been built}
     */
    List<EarlierPlan> earlier(CliContext context, CloneRequest request, boolean anyBackup) {
        return EarlierPlan.find(
                        Objects.requireNonNull(opened, "no client was built"),
                        request,
                        connection.region(context),
                        anyBackup)
                .collectList()
                .blockOptional()
                .orElseThrow();
    }

    /**
     * Closes what the client does not close; to be called after the client is closed. The journal of a client that
     * still has requests in flight stays open.
     */
    void close() {
        if (client != null && opened != null && client.disposeLater().toFuture().isDone()) {
            opened.close();
        }
        limit.close();
        connection.close();
    }

    JournalOptions journal() {
        return journal;
    }

    int maxInstances() {
        return safety.maxInstances();
    }

    boolean isEndpointGiven() {
        return connection.isEndpointGiven();
    }

    OutcomeLines lines() {
        return output.lines();
    }

    boolean isText() {
        return output == OutcomeLines.Form.text;
    }

    InstanceForm instances() {
        return output.instances();
    }

    /** {@return the server that sells, for the question before a purchase} */
    String target(CliContext context) {
        return connection.endpoint().getHost()
                + connection.region(context).map(name -> ", region " + name).orElse("");
    }

    BusyPlanRetry busyPlanRetry() {
        return new BusyPlanRetry(busyFor);
    }

    /**
     * The commands that continue where this one has stopped.
     *
     * @param password the file that holds the clones' password, or null
     * @param needsPassword whether the clones have one
     */
    NextSteps nextSteps(CliContext context, @Nullable Path password, boolean needsPassword) {
        return NextSteps.Commands.of(context, command.commandLine().getParseResult(), journal, password, needsPassword);
    }

    ParameterException usage(String complaint) {
        return new ParameterException(command.commandLine(), complaint);
    }
}
