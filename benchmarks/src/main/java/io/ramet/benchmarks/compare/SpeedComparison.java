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

    private static final int PER_CHUNK = 30;
    private static final int FIRST_IN_FLIGHT = 16;
    /** A plan for 1,000 instances. */
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
        // The first row shows what the simulator costs, and so why the others use a simpler server.
        rows.add(throughput(
                Client.RAMET_MEMORY, Kind.UNLIMITED, 64, List.of(run(Client.RAMET_MEMORY, Kind.UNLIMITED, 64))));
        for (int inFlight : profile.inFlight()) {
            interleaved(ALL, client -> run(client, Kind.BARE, inFlight))
                    .forEach((client, results) -> rows.add(throughput(client, Kind.BARE, inFlight, results)));
        }
        return rows;
    }

    /**
     * Runs each client in turn, again and again, so that a busy moment of the machine does not concern one of them
     * alone.
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
        return Experiment.run(
                        new Spec(server, PER_CHUNK, 0),
                        uri -> new Task(
                                client,
                                new Settings(uri, inFlight, false, Comparison.TIMEOUT_MILLIS),
                                chunks * PER_CHUNK,
                                false,
                                profile.warmUpMillis(),
                                profile.millis(),
                                false))
                .result();
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
                        FIRST_IN_FLIGHT,
                        IntStream.range(0, FIRST_REQUESTS)
                                .mapToObj(index ->
                                        median(runs, run -> run.dealMillis().get(index)))
                                .toList(),
                        median(runs, run -> run.cpuNanos() / 1e6))));
        return rows;
    }

    private Result firstRequests(Client client) {
        Comparison.say("first requests: " + client.label());
        Result result = Experiment.run(
                        new Spec(Kind.BARE, PER_CHUNK, 0),
                        uri -> new Task(
                                client,
                                new Settings(uri, FIRST_IN_FLIGHT, false, Comparison.TIMEOUT_MILLIS),
                                FIRST_REQUESTS * PER_CHUNK,
                                false,
                                0,
                                0,
                                true))
                .result();
        if (result.deals() != FIRST_REQUESTS) {
            throw new IllegalStateException(client + " has bought " + result.deals() + " of " + FIRST_REQUESTS);
        }
        return result;
    }

    private static double median(List<Result> runs, ToDoubleFunction<Result> value) {
        return Results.median(runs.stream().mapToDouble(value).boxed().toList());
    }

    private static String name(Client client) {
        return client == Client.RAMET_MEMORY ? "Ramet" : client.label();
    }
}
