package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.BuyerProcess.Result;
import io.ramet.benchmarks.compare.BuyerProcess.Task;
import io.ramet.benchmarks.compare.Experiment.Outcome;
import io.ramet.benchmarks.compare.FirstDeal.Starter;
import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.Growth;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Pacing;
import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import io.ramet.benchmarks.report.Environment;
import io.ramet.plan.ClonePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The end-to-end comparison: measures, keeps the results as JSON, and makes the page. */
public final class Comparison {

    /**
     * Plans of this size and more are billed by the month, in chunks of 100. By the hour, the largest would have 3,334
     * chunks and take 167 s.
     */
    private static final int MONTHLY_FROM = 100_000;

    private static final int FAULTY_INSTANCES = 1_000;

    /** Shapes that are not the default. They do not buy the largest plan, which would show nothing new of them. */
    private static final Set<Client> SHAPES = Set.of(Client.RAMET_STRICT, Client.RAMET_PACED);

    private static final List<Client> PACED =
            List.of(Client.RAMET, Client.RAMET_STRICT, Client.RAMET_PACED, Client.WEB_CLIENT, Client.VENDOR_SDK);

    private final Profile profile;

    Comparison(Profile profile) {
        this.profile = profile;
    }

    /**
     * Measures part by part, and writes each part into the JSON in the site when it has been measured; then writes the
     * page and its plots. A part that is not measured keeps its results in the JSON.
     *
     * @param args the folder of the site, then the parts, by default all; {@code --short} before them reduces the time
     *     from an hour to a few minutes
     * @throws IOException if a file cannot be written
     */
    public static void main(String... args) throws IOException {
        List<String> rest = new ArrayList<>(List.of(args));
        Comparison comparison = new Comparison(rest.remove("--short") ? Profile.SHORT : Profile.FULL);
        Map<String, Supplier<Object>> parts = comparison.parts();
        if (rest.isEmpty() || !parts.keySet().containsAll(rest.subList(1, rest.size()))) {
            System.err.println("usage: Comparison [--short] src/site [part...], of the parts " + parts.keySet());
            System.exit(2);
        }
        Path site = Path.of(rest.remove(0));
        Path file = site.resolve(
                "resources/benchmarks/end-to-end-" + Runtime.version().feature() + ".json");
        if (!rest.isEmpty()) {
            parts.keySet().retainAll(rest);
        }
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode results =
                Files.exists(file) ? (ObjectNode) json.readTree(Files.readString(file)) : json.createObjectNode();
        results.set("environment", json.valueToTree(Environment.here()));
        for (Map.Entry<String, Supplier<Object>> part : parts.entrySet()) {
            results.set(part.getKey(), json.valueToTree(part.getValue().get()));
            Files.writeString(file, json.writeValueAsString(results) + "\n");
        }
        ComparisonPage.main(site.toString());
    }

    /** In the order in which they are measured; the names are those of {@link Results}. */
    private Map<String, Supplier<Object>> parts() {
        SpeedComparison speed = new SpeedComparison(profile);
        Map<String, Supplier<Object>> parts = new LinkedHashMap<>();
        parts.put("pacing", this::pacing);
        parts.put("coldStart", this::coldStart);
        parts.put("firstRequests", speed::firstRequests);
        parts.put("throughput", speed::throughput);
        parts.put("faults", this::faults);
        parts.put("growth", this::growth);
        return parts;
    }

    static void say(String what) {
        System.err.println(what);
    }

    private Pacing pacing() {
        List<Pace> rows = new ArrayList<>();
        Map<String, List<Double>> timeline = new LinkedHashMap<>();
        for (int instances : profile.paced()) {
            for (Client client : PACED) {
                if (instances < MONTHLY_FROM || !SHAPES.contains(client)) {
                    rows.add(pace(client, instances, timeline));
                }
            }
        }
        return new Pacing(rows, timeline);
    }

    Pace pace(Client client, int instances) {
        return pace(client, instances, new LinkedHashMap<>());
    }

    private static Pace pace(Client client, int instances, Map<String, List<Double>> timeline) {
        say("pacing: " + client.label() + ", " + instances + " instances");
        boolean monthly = instances >= MONTHLY_FROM;
        ClonePlan plan = Fixtures.plan(instances, monthly);
        Outcome outcome =
                Experiment.run(new Spec(Kind.LIMITED, 0, 0), Task.once(client, 256, instances, monthly, false));
        Account account = outcome.account();
        if (account.ids().size() != instances) {
            say(client.label() + " BOUGHT " + account.ids().size() + " INSTANCES INSTEAD OF " + instances);
        }
        List<Double> arrivals = account.arrivals();
        if (plan.size() >= 30 && plan.size() < 500) {
            timeline.put(client.label(), arrivals);
        }
        return new Pace(
                client.label(),
                instances,
                monthly ? "monthly" : "pay as you go",
                plan.size(),
                arrivals.get(arrivals.size() - 1) / 1e3,
                plan.minimumDuration().toSeconds(),
                account.peak(),
                account.throttled(),
                outcome.result().liveHeapBytes());
    }

    private List<Faults> faults() {
        return Stream.of(Client.RAMET, Client.VENDOR_SDK, Client.JDK_HTTP_CLIENT, Client.WEB_CLIENT)
                .map(this::faults)
                .toList();
    }

    private Faults faults(Client client) {
        List<Outcome> runs = IntStream.rangeClosed(1, profile.seeds())
                .mapToObj(seed -> {
                    say("faults: " + client.label() + ", seed " + seed);
                    return Experiment.run(
                            new Spec(Kind.FAULTY, 0, seed), Task.once(client, 10, FAULTY_INSTANCES, false, true));
                })
                .toList();
        return new Faults(
                client.label(),
                profile.seeds(),
                (long) profile.seeds() * FAULTY_INSTANCES,
                sum(runs, run -> run.account().ids().size()),
                sum(runs, Outcome::reported),
                sum(runs, run -> run.account().boughtTwice()),
                sum(runs, run -> run.result().inDoubt()));
    }

    private static long sum(List<Outcome> runs, ToLongFunction<Outcome> value) {
        return runs.stream().mapToLong(value).sum();
    }

    private List<ColdStart> coldStart() {
        try {
            Path archive = Files.createTempDirectory("ramet-archive").resolve("ramet.jsa");
            try (ChildProcess server = Experiment.bareServer(1)) {
                String uri = Experiment.uri(server);
                List<Long> ramet = new ArrayList<>();
                List<Long> archived = new ArrayList<>();
                List<Long> vendor = new ArrayList<>();
                Experiment.coldStart(Starter.RAMET, uri, Experiment.archiving(archive));
                for (int run = 0; run < profile.starts(); run++) {
                    say("cold start: run " + (run + 1));
                    ramet.add(Experiment.coldStart(Starter.RAMET, uri, List.of()));
                    archived.add(Experiment.coldStart(Starter.RAMET, uri, Experiment.archived(archive)));
                    vendor.add(Experiment.coldStart(Starter.VENDOR, uri, List.of()));
                }
                return List.of(
                        new ColdStart("Ramet", ramet),
                        new ColdStart("Ramet with a class-data archive", archived),
                        new ColdStart("vendor's SDK", vendor));
            } finally {
                Files.deleteIfExists(archive);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Growth> growth() {
        return profile.grown().stream().map(Comparison::growth).toList();
    }

    private static Growth growth(int instances) {
        say("growth: " + instances + " instances");
        Result result = Experiment.run(
                        new Spec(Kind.BARE, 100, 0), Task.once(Client.RAMET_MEMORY, 40, instances, true, false))
                .result();
        return new Growth(
                instances,
                (double) result.cpuNanos() / instances,
                (double) result.allocatedBytes() / instances,
                result.liveHeapBytes());
    }
}
