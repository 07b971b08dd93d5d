package io.ramet.cli;

import io.ramet.simulator.Fault;
import io.ramet.simulator.LifeCycle;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;

/** Serves the simulator until it is stopped. */
@Command(
        name = "simulate",
        description = {
            "Serves a simulated API on this machine until Ctrl-C.",
            "Prints one line of JSON when it listens, and one with its books when it stops."
        })
final class SimulateCommand implements Callable<Integer> {

    private final CliContext context;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--port", paramLabel = "N", description = "The port to listen on; any free port if absent.")
    private int port;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The seed of everything random. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private long seed;

    @Option(names = "--latency", paramLabel = "TIME", description = "The shortest time until a response, such as 50ms.")
    private Duration latency = Duration.ZERO;

    @Option(
            names = "--jitter",
            paramLabel = "TIME",
            description = "The longest random time that is added to --latency.")
    private Duration jitter = Duration.ZERO;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "CloneInstances requests in any one second; more are throttled. Default: ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int limit;

    @Option(names = "--quota", paramLabel = "N", description = "How many instances can be bought; no limit if absent.")
    private @Nullable Integer quota;

    @Option(
            names = "--visible-after",
            paramLabel = "TIME",
            description = "How long until DescribeInstances shows an instance.")
    private Duration visibleAfter = Duration.ZERO;

    @Option(
            names = "--start-time",
            paramLabel = "TIME",
            description = "The shortest time until an instance runs. Default: ${DEFAULT-VALUE}.",
            defaultValue = "0s")
    private Duration startTime = Duration.ZERO;

    @Option(
            names = "--start-jitter",
            paramLabel = "TIME",
            description = "The longest random time that is added to --start-time.")
    private Duration startJitter = Duration.ZERO;

    @Option(
            names = "--start-failures",
            paramLabel = "0..1",
            description = "The share of instances whose creation fails. Default: ${DEFAULT-VALUE}.",
            defaultValue = "0")
    private double startFailures;

    @Option(
            names = "--fault",
            paramLabel = "FAULT",
            description = {
                "A fault of CloneInstances, repeatable; one of those given is drawn at random:",
                "  " + Faults.NAMES,
                "or an error code such as",
                "  ResourceUnavailable.SaleOut."
            },
            converter = Faults.class)
    private List<Fault> faults = List.of();

    @Option(
            names = "--fault-rate",
            paramLabel = "0..1",
            description = "The probability of a fault per request. Default: ${DEFAULT-VALUE}.",
            defaultValue = "0.1")
    private double faultRate;

    SimulateCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (SignalHandlers handlers = SignalHandlers.install(() -> {}, () -> {});
                Simulator simulator = start()) {
            announce(simulator);
            handlers.await();
            context.out().println(new BooksSummary(simulator.books()).json());
            return ExitCode.ALL_CLONED;
        }
    }

    private Simulator start() {
        try {
            return simulator();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new ParameterException(
                        command.commandLine(), "cannot listen on port " + port + ": " + cause.getMessage(), e);
            }
            throw e;
        }
    }

    private Simulator simulator() {
        SimulatorBuilder builder = Simulator.builder()
                .port(port)
                .seed(seed)
                .latency(latency, latency.plus(jitter))
                .limit(RateLimit.slidingWindow(limit))
                .visibleAfter(visibleAfter)
                // The vendor's clients sign for the first part of the address to which they are pointed.
                .signingService("127")
                .signingService("localhost")
                .lifeCycle(LifeCycle.seeded(seed, startTime, startTime.plus(startJitter), startFailures, 0));
        if (quota != null) {
            builder.accountQuota(quota);
        }
        if (!faults.isEmpty()) {
            builder.misbehaviour(Misbehaviour.seeded(seed, faultRate, faults.toArray(Fault[]::new)));
        }
        return builder.start();
    }

    private void announce(Simulator simulator) {
        context.out()
                .println(JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "listening")
                        .put("endpoint", simulator.uri().toString())
                        .put("secretId", simulator.secretId())
                        .put("secretKey", simulator.secretKey()));
        context.err()
                .say(String.join(
                        System.lineSeparator(),
                        "A simulated API is listening. In another terminal:",
                        "  export TENCENTCLOUD_SECRET_ID=" + simulator.secretId(),
                        "  export TENCENTCLOUD_SECRET_KEY=" + simulator.secretKey(),
                        "  " + String.join(" ", context.program()) + " clone --endpoint " + simulator.uri()
                                + " --region ap-guangzhou ...",
                        "Ctrl-C stops it and prints its books."));
    }
}
