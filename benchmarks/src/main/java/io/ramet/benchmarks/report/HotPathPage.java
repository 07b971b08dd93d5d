package io.ramet.benchmarks.report;

import static java.util.Map.entry;

import io.ramet.benchmarks.report.BarChart.Bar;
import io.ramet.benchmarks.report.BarChart.Group;
import io.ramet.benchmarks.report.BarChart.Tone;
import io.ramet.benchmarks.report.HotPathRun.Case;
import io.ramet.model.BillingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page about the hot path: goals, a picture and tables, all made from JMH's results. */
public final class HotPathPage {

    private static final String OURS = "ours";
    private static final String VENDOR = "vendor";
    private static final String FLOOR = "floor";

    /** The names on the page of the benchmarks' methods that have another name there. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            entry(OURS, "Ramet"),
            entry(VENDOR, "vendor's SDK"),
            entry("aws", "AWS SDK 2"),
            entry("plain", "plain JCA"),
            entry("gson", "shared Gson"));

    private static final List<Step> STEPS = List.of(
            new Step("Sign", "Signing", "", 1, List.of(FLOOR, OURS, "plain", VENDOR, "aws")),
            new Step("Sign, two threads", "Signing", "", 2, List.of(FLOOR, OURS, "plain", VENDOR, "aws")),
            new Step("Serialize a chunk", "Serialization", "", 1, List.of(FLOOR, OURS, "gson", VENDOR)),
            new Step("Parse, 1 id", "Parsing", "1", 1, List.of(FLOOR, OURS, "gson", VENDOR)),
            new Step("Parse, 30 ids", "Parsing", "30", 1, List.of(FLOOR, OURS, "gson", VENDOR)),
            new Step("Parse, 100 ids", "Parsing", "100", 1, List.of(FLOOR, OURS, "gson", VENDOR)),
            new Step("Parse, an error", "Parsing", "error", 1, List.of(FLOOR, OURS, "gson", VENDOR)),
            new Step("Sum of the three, 1 id", "Sum", "", 1, List.of(FLOOR, OURS, VENDOR)));

    private static final List<String> DRAWN =
            List.of("Sign", "Serialize a chunk", "Parse, 1 id", "Parse, 100 ids", "Sum of the three, 1 id");

    private static final List<Goal> GOALS = List.of(
            atMost(1.4, "sign: times the floor", run -> ratio(run, "Sign", OURS, FLOOR)),
            faster(5, "sign", "Sign"),
            atMost(900, "sign: bytes", run -> bytes(run, "Sign", OURS)),
            faster(30, "serialize", "Serialize a chunk"),
            atMost(2, "serialize: times the floor", run -> ratio(run, "Serialize a chunk", OURS, FLOOR)),
            faster(2, "parse 1 id", "Parse, 1 id"),
            faster(2, "parse 30 ids", "Parse, 30 ids"),
            faster(2, "parse 100 ids", "Parse, 100 ids"),
            faster(2, "parse an error", "Parse, an error"),
            faster(15, "sum", "Sum of the three, 1 id"),
            atMost(
                    10,
                    "sum: per cent of the vendor's SDK's allocation",
                    run -> 100
                            * bytes(run, "Sum of the three, 1 id", OURS)
                            / bytes(run, "Sum of the three, 1 id", VENDOR)));

    private HotPathPage() {}

    /**
     * Writes {@code markdown/benchmarks-hot-path.md} and a picture for each run in {@code resources/benchmarks}.
     *
     * @param site the folder of the documentation
     * @throws IOException if a file cannot be read or written
     */
    public static void write(Path site) throws IOException {
        Path folder = site.resolve("resources/benchmarks");
        Map<String, HotPathRun> runs = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("hot-path-jdk\\d+\\.json"))
                    .forEach(name -> runs.put(name.replaceAll("\\D", ""), HotPathRun.of(folder.resolve(name))));
        }
        for (Map.Entry<String, HotPathRun> run : runs.entrySet()) {
            Files.writeString(
                    folder.resolve("hot-path-jdk" + run.getKey() + ".svg"), picture(run.getKey(), run.getValue()));
        }
        Files.writeString(site.resolve("markdown/benchmarks-hot-path.md"), page(runs));
    }

    private static String page(Map<String, HotPathRun> runs) {
        String jdks = runs.keySet().stream().map(jdk -> " JDK " + jdk + " |").collect(Collectors.joining());
        String goals = Text.rows(
                GOALS,
                goal -> Text.row(Stream.concat(
                                Stream.of(goal.text()), runs.values().stream().map(goal::verdict))
                        .toArray()));
        String details = runs.entrySet().stream()
                .map(run -> details(run.getKey(), run.getValue()))
                .collect(Collectors.joining());
        return Template.fill(
                "hot-path.md",
                Map.of(
                        "goals",
                        "| goal |" + jdks + "\n|---|" + "---|".repeat(runs.size()) + "\n" + goals,
                        "runs",
                        details.stripTrailing()));
    }

    private static String details(String jdk, HotPathRun run) {
        Environment environment = run.environment();
        return Template.fill(
                "hot-path-run.md",
                Map.of(
                        "jdk",
                        jdk,
                        "environment",
                        environment.jdk() + ", " + environment.machine() + ", " + environment.date(),
                        "steps",
                        Text.rows(STEPS, step -> rows(run, step)),
                        "others",
                        Text.rows(List.of(1, 1_000, 100_000, 10_000_000), instances -> planning(run, instances))
                                + other(run, "Shaper.alone", "a permit of the shaper, no other request waiting")
                                + other(run, "Shaper.among64", "a permit of the shaper, 64 requests waiting")
                                + other(run, "ErrorCodes.known", "look up a known error code")
                                + other(run, "ErrorCodes.unknown", "look up an unknown error code")));
    }

    private static String rows(HotPathRun run, Step step) {
        double floor = run.nanos(step.by(FLOOR));
        return Text.rows(step.competitors(), competitor -> {
            double nanos = run.nanos(step.by(competitor));
            return Text.row(
                    competitor.equals(FLOOR) ? step.name() : "",
                    name(competitor),
                    Text.time(nanos),
                    Text.significant(nanos / floor, 3),
                    whole(run.bytes(step.by(competitor))));
        });
    }

    private static String planning(HotPathRun run, int instances) {
        Case plan = new Case("PlanningBenchmark.plan", Integer.toString(instances), 1);
        double chunks = BillingMode.MONTHLY.callsFor(instances);
        String speed = Text.significant(1e3 * chunks / run.nanos(plan), 2);
        return Text.row(
                "plan for " + Text.number(instances) + ": " + speed + " million chunks a second",
                Text.time(run.nanos(plan)),
                whole(run.bytes(plan)) + ", " + whole(run.bytes(plan) / chunks) + " a chunk");
    }

    private static String other(HotPathRun run, String benchmark, String what) {
        Case measured = new Case(benchmark.replace(".", "Benchmark."), "", 1);
        return Text.row(what, Text.time(run.nanos(measured)), whole(run.bytes(measured)));
    }

    private static String picture(String jdk, HotPathRun run) {
        List<Group> groups = DRAWN.stream()
                .map(HotPathPage::step)
                .map(step -> new Group(
                        step.name(),
                        step.competitors().stream()
                                .map(competitor -> bar(run, step, competitor))
                                .toList()))
                .toList();
        Axis axis = new Axis("processor time per call", true, Text::time);
        return new BarChart("The hot path on JDK " + jdk, axis, groups).svg();
    }

    private static Bar bar(HotPathRun run, Step step, String competitor) {
        Case measured = step.by(competitor);
        String label = Text.time(run.nanos(measured)) + " · " + whole(run.bytes(measured)) + " B";
        Tone tone = competitor.equals(OURS) ? Tone.OURS : competitor.equals(FLOOR) ? Tone.FLOOR : Tone.PEER;
        return new Bar(name(competitor), run.nanos(measured), label, tone);
    }

    private static String name(String competitor) {
        return NAMES.getOrDefault(competitor, competitor);
    }

    private static String whole(double bytes) {
        return Text.number(Math.rint(bytes));
    }

    private static Step step(String name) {
        return STEPS.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double bytes(HotPathRun run, String name, String competitor) {
        return run.bytes(step(name).by(competitor));
    }

    private static double ratio(HotPathRun run, String name, String above, String below) {
        return run.nanos(step(name).by(above)) / run.nanos(step(name).by(below));
    }

    private static Goal atMost(double limit, String text, ToDoubleFunction<HotPathRun> value) {
        return new Goal(text + ", at most " + Text.number(limit), limit, true, value);
    }

    private static Goal faster(double times, String text, String step) {
        return new Goal(
                text + ": times faster than the vendor's SDK, at least " + Text.number(times),
                times,
                false,
                run -> ratio(run, step, VENDOR, OURS));
    }

    private record Step(String name, String type, String param, int threads, List<String> competitors) {

        Case by(String competitor) {
            return new Case(type + "Benchmark." + competitor, param, threads);
        }
    }

    private record Goal(String text, double limit, boolean most, ToDoubleFunction<HotPathRun> value) {

        String verdict(HotPathRun run) {
            double reached = value.applyAsDouble(run);
            boolean met = most ? reached <= limit : reached >= limit;
            return Text.significant(reached, 3) + (met ? ", met" : ", **not met**");
        }
    }
}
