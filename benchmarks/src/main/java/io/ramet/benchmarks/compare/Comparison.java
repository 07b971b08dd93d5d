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
import io.ramet.benchmarks.compare.Results.Throughput;
import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import io.ramet.plan.ClonePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
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
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The end-to-end comparison, from the first measurement to the JSON. */
public final class Comparison {

    private static final int PER_CALL = 30;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int FAULTY_TIMEOUT_MILLIS = 2_000;
    /** From here on plans are billed by the month, in calls of 100: by the hour it would be 3,334 calls and 167 s. */
    private static final int MONTHLY_FROM = 100_000;

    private static final List<Client> ALL = List.of(
            Client.RAMET_MEMORY, Client.VENDOR_SDK, Client.VENDOR_SDK_WIDE, Client.JDK_HTTP_CLIENT, Client.WEB_CLIENT);

    private final Profile effort;

    Comparison(Profile effort) {
        this.effort = effort;
    }

    /**
     * Measures everything and writes it down.
     *
     * @param args the JSON file to write; {@code --short} before it for a few minutes in place of a quarter of an hour
     * @throws IOException if it cannot be written
     */
    public static void main(String... args) throws IOException {
        boolean brief = args.length == 2 && args[0].equals("--short");
        if (args.length != (brief ? 2 : 1)) {
            System.err.println("usage: Comparison [--short] results.json");
            System.exit(2);
        }
        Path file = Path.of(args[args.length - 1]);
        Results results = new Comparison(brief ? Profile.SHORT : Profile.FULL).measure();
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        Files.writeString(file, json.writeValueAsString(results) + "\n");
        System.err.println("written: " + file);
    }

    Results measure() {
        Machine machine = machine();
        List<Faults> faults = faults();
        List<ColdStart> coldStart = coldStart();
        List<Throughput> throughput = throughput();
        Map<String, List<Double>> timeline = new LinkedHashMap<>();
        List<Pace> pacing = pacing(timeline);
        return new Results(machine, throughput, pacing, timeline, faults, coldStart, growth());
    }

    private static void say(String what) {
        System.err.println(what);
    }

    private List<Throughput> throughput() {
        List<Throughput> rows = new ArrayList<>();
        // The first shows what the simulator costs, and so why the others are answered by less.
        rows.add(throughput(Client.RAMET_MEMORY, Kind.UNLIMITED, 64));
        for (int inFlight : effort.inFlight()) {
            for (Client client : ALL) {
                rows.add(throughput(client, Kind.BARE, inFlight));
            }
        }
        return rows;
    }

    private Throughput throughput(Client client, Kind server, int inFlight) {
        say("throughput: " + client.label() + ", " + inFlight + " in flight");
        int calls = Math.max(effort.batch(), inFlight * 20);
        Result result = Experiment.run(
                        new Spec(server, PER_CALL, 0),
                        uri -> new Task(
                                client,
                                new Settings(uri, inFlight, false, TIMEOUT_MILLIS),
                                calls * PER_CALL,
                                false,
                                effort.warmUpMillis(),
                                effort.millis(),
                                false))
                .result();
        return new Throughput(
                client == Client.RAMET_MEMORY ? "Ramet" : client.label(),
                server == Kind.BARE ? "bare" : "simulator",
                inFlight,
                result.calls() / result.seconds(),
                result.cpuNanos() / 1e3 / result.calls(),
                (double) result.allocatedBytes() / result.calls(),
                result.peakThreads());
    }

    private List<Pace> pacing(Map<String, List<Double>> timeline) {
        List<Pace> rows = new ArrayList<>();
        for (int instances : effort.paced()) {
            for (Client client : List.of(Client.RAMET, Client.WEB_CLIENT, Client.VENDOR_SDK)) {
                rows.add(pace(client, instances, timeline));
            }
        }
        return rows;
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
                (plan.size() - 1) / 20.0,
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
        for (int seed = 1; seed <= effort.seeds(); seed++) {
            say("faults: " + client.label() + ", seed " + seed);
            Outcome outcome = Experiment.run(
                    new Spec(Kind.FAULTY, 0, seed),
                    uri -> new Task(
                            client,
                            new Settings(uri, 10, true, FAULTY_TIMEOUT_MILLIS),
                            effort.faultyInstances(),
                            false,
                            0,
                            0,
                            true));
            Set<String> reached = new HashSet<>(outcome.result().ids());
            reached.retainAll(outcome.account().ids());
            asked += effort.faultyInstances();
            bought += outcome.account().ids().size();
            told += reached.size();
            boughtTwice += outcome.account().boughtTwice();
            inDoubt += outcome.result().inDoubt();
            calls += outcome.account().calls();
        }
        return new Faults(client.label(), effort.seeds(), asked, bought, told, boughtTwice, inDoubt, calls);
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
                for (int run = 0; run < effort.starts(); run++) {
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
        return effort.grown().stream().map(Comparison::growth).toList();
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
                LocalDate.now(Clock.systemUTC()).toString(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
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
