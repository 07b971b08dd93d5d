package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.BuyerProcess.Result;
import io.ramet.benchmarks.compare.BuyerProcess.Task;
import io.ramet.benchmarks.compare.Experiment.Outcome;
import io.ramet.benchmarks.compare.FirstDeal.Starter;
import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.Growth;
import io.ramet.benchmarks.compare.Results.Machine;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Pacing;
import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import io.ramet.plan.ClonePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The end-to-end comparison, from the first measurement to the JSON. */
public final class Comparison {

    static final int TIMEOUT_MILLIS = 10_000;
    private static final int FAULTY_TIMEOUT_MILLIS = 2_000;
    /**
     * From this size on plans are billed by the month, in chunks of 100; by the hour there would be 3,334 chunks and
     * 167 s.
     */
    private static final int MONTHLY_FROM = 100_000;

    /** Shapes that are not the default; the largest plan would show nothing new of them. */
    private static final Set<Client> SHAPES = Set.of(Client.RAMET_STRICT, Client.RAMET_PACED);

    private static final List<Client> PACED =
            List.of(Client.RAMET, Client.RAMET_STRICT, Client.RAMET_PACED, Client.WEB_CLIENT, Client.VENDOR_SDK);

    private final Profile profile;

    Comparison(Profile profile) {
        this.profile = profile;
    }

    /**
     * Measures part by part, and writes each into the JSON in the site as soon as it is there; then the page with its
     * plots from all of them. Parts that are not measured stay as the JSON has them.
     *
     * @param args the folder of the site, then the parts, by default all; {@code --short} before them for a few minutes
     *     in place of an hour
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
        results.set("machine", json.valueToTree(machine()));
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
        Outcome outcome = Experiment.run(
                new Spec(Kind.LIMITED, 0, 0),
                uri -> new Task(client, new Settings(uri, 256, true, TIMEOUT_MILLIS), instances, monthly, 0, 0, false));
        Account account = outcome.account();
        if (account.ids().size() != instances) {
            say(client.label() + " BOUGHT " + account.ids().size() + " OF " + instances);
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
        return List.of(Client.RAMET, Client.VENDOR_SDK, Client.JDK_HTTP_CLIENT, Client.WEB_CLIENT).stream()
                .map(this::faults)
                .toList();
    }

    private Faults faults(Client client) {
        int asked = 0;
        int bought = 0;
        int told = 0;
        int boughtTwice = 0;
        long inDoubt = 0;
        int calls = 0;
        for (int seed = 1; seed <= profile.seeds(); seed++) {
            say("faults: " + client.label() + ", seed " + seed);
            Outcome outcome = Experiment.run(
                    new Spec(Kind.FAULTY, 0, seed),
                    uri -> new Task(
                            client,
                            new Settings(uri, 10, true, FAULTY_TIMEOUT_MILLIS),
                            profile.faultyInstances(),
                            false,
                            0,
                            0,
                            true));
            Set<String> reached = new HashSet<>(outcome.result().ids());
            reached.retainAll(outcome.account().ids());
            asked += profile.faultyInstances();
            bought += outcome.account().ids().size();
            told += reached.size();
            boughtTwice += outcome.account().boughtTwice();
            inDoubt += outcome.result().inDoubt();
            calls += outcome.account().calls();
        }
        return new Faults(client.label(), profile.seeds(), asked, bought, told, boughtTwice, inDoubt, calls);
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
                        new Spec(Kind.BARE, 100, 0),
                        uri -> new Task(
                                Client.RAMET_MEMORY,
                                new Settings(uri, 40, false, TIMEOUT_MILLIS),
                                instances,
                                true,
                                0,
                                0,
                                false))
                .result();
        return new Growth(
                Client.RAMET_MEMORY.label(),
                instances,
                (double) result.cpuNanos() / instances,
                (double) result.allocatedBytes() / instances,
                result.liveHeapBytes());
    }

    private static Machine machine() {
        Runtime.Version version = Runtime.version();
        return new Machine(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                version + " (" + System.getProperty("java.vendor") + ")",
                LocalDate.now(Clock.systemUTC()).toString());
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
