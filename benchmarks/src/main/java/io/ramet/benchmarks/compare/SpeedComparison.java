package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.BuyerProcess.Result;
import io.ramet.benchmarks.compare.BuyerProcess.Task;
import io.ramet.benchmarks.compare.Results.FirstRequests;
import io.ramet.benchmarks.compare.Results.Throughput;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The speed of a client without the limit: warmed up, and from a cold start. */
final class SpeedComparison {

    private static final int IN_FLIGHT = 16;
    private static final int PER_CHUNK = 30;
    /** Those of a plan for 1,000 instances. */
    private static final int FIRST_REQUESTS = 34;

    private static final List<Client> ALL = List.of(
            Client.RAMET_MEMORY,
            Client.VENDOR_SDK,
            Client.VENDOR_SDK_WIDE,
            Client.JDK_HTTP_CLIENT,
            Client.WEB_CLIENT,
            Client.REACTOR_NETTY,
            Client.REACTOR_NETTY_NEW);

    private final Profile profile;

    SpeedComparison(Profile profile) {
        this.profile = profile;
    }

    List<Throughput> throughput() {
        List<Throughput> rows = new ArrayList<>();
        // The first row shows the cost of the simulator: the reason for a simpler server in the others.
        rows.add(throughput(
                Client.RAMET_MEMORY, Kind.UNLIMITED, 64, List.of(run(Client.RAMET_MEMORY, Kind.UNLIMITED, 64))));
        interleaved(ALL, client -> run(client, Kind.BARE, IN_FLIGHT))
                .forEach((client, results) -> rows.add(throughput(client, Kind.BARE, IN_FLIGHT, results)));
        return rows;
    }

    /**
     * Runs all clients in turn, several times, so that a busy moment of the machine does not affect one of them alone.
     */
    private Map<Client, List<Result>> interleaved(List<Client> clients, Function<Client, Result> measurement) {
        Map<Client, List<Result>> results = new EnumMap<>(Client.class);
        for (int run = 0; run < profile.runs(); run++) {
            for (Client client : clients) {
                results.computeIfAbsent(client, first -> new ArrayList<>()).add(measurement.apply(client));
            }
        }
        return results;
    }

    private Result run(Client client, Kind server, int inFlight) {
        Comparison.say("throughput: " + client.label() + ", " + inFlight + " in flight");
        int chunks = Math.max(profile.batch(), inFlight * 20);
        Task task =
                new Task(client, inFlight, chunks * PER_CHUNK, false, profile.warmUpMillis(), profile.millis(), false);
        return Experiment.run(new Spec(server, PER_CHUNK, 0), task).result();
    }

    private static Throughput throughput(Client client, Kind server, int inFlight, List<Result> runs) {
        double fastest = runs.stream().mapToDouble(Result::dealsPerSecond).max().orElseThrow();
        double slowest = runs.stream().mapToDouble(Result::dealsPerSecond).min().orElseThrow();
        double rate = median(runs, Result::dealsPerSecond);
        return new Throughput(
                name(client),
                server == Kind.BARE ? "bare" : "simulator",
                inFlight,
                rate,
                (fastest - slowest) / rate,
                runs.stream().allMatch(Result::steady),
                median(runs, Result::cpuMicrosPerDeal),
                median(runs, run -> (double) run.allocatedBytes() / run.deals()),
                median(runs, Result::peakThreads));
    }

    List<FirstRequests> firstRequests() {
        return firstRequests(ALL);
    }

    List<FirstRequests> firstRequests(List<Client> clients) {
        List<FirstRequests> rows = new ArrayList<>();
        interleaved(clients, this::firstRequests)
                .forEach((client, runs) -> rows.add(new FirstRequests(
                        name(client),
                        FIRST_REQUESTS,
                        IntStream.range(0, FIRST_REQUESTS)
                                .mapToObj(index ->
                                        median(runs, run -> run.dealMillis().get(index)))
                                .toList(),
                        median(runs, run -> run.cpuNanos() / 1e6))));
        return rows;
    }

    private Result firstRequests(Client client) {
        Comparison.say("first requests: " + client.label());
        Task task = Task.once(client, IN_FLIGHT, FIRST_REQUESTS * PER_CHUNK, false, true);
        Result result = Experiment.run(new Spec(Kind.BARE, PER_CHUNK, 0), task).result();
        if (result.deals() != FIRST_REQUESTS) {
            throw new IllegalStateException(client + " has bought " + result.deals() + " of " + FIRST_REQUESTS);
        }
        return result;
    }

    private static double median(List<Result> runs, ToDoubleFunction<Result> value) {
        return Results.median(runs.stream().map(value::applyAsDouble).toList());
    }

    private static String name(Client client) {
        return client == Client.RAMET_MEMORY ? "Ramet" : client.label();
    }
}
