package io.ramet.benchmarks.report;

import io.ramet.benchmarks.report.BarChart.Bar;
import io.ramet.benchmarks.report.BarChart.Tone;
import io.ramet.benchmarks.report.HotPathRun.Case;
import io.ramet.model.BillingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The page about the hot path: goals, a picture and tables, all made from JMH's results. */
public final class HotPathPage {

    private static final String OURS = "ours";
    private static final String VENDOR = "vendor";
    private static final String FLOOR = "floor";
    private static final Map<String, String> NAMES = Map.of(
            FLOOR,
            "floor",
            OURS,
            "Ramet",
            VENDOR,
            "vendor's SDK",
            "aws",
            "AWS SDK 2",
            "plain",
            "plain JCA",
            "gson",
            "shared Gson");

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
            atLeast(5, "sign: times faster than the vendor's SDK", run -> ratio(run, "Sign", VENDOR, OURS)),
            atMost(900, "sign: bytes", run -> run.bytes(step("Sign").by(OURS))),
            atLeast(
                    30,
                    "serialize: times faster than the vendor's SDK",
                    run -> ratio(run, "Serialize a chunk", VENDOR, OURS)),
            atMost(2, "serialize: times the floor", run -> ratio(run, "Serialize a chunk", OURS, FLOOR)),
            atLeast(
                    2,
                    "parse 1 id: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, 1 id", VENDOR, OURS)),
            atLeast(
                    2,
                    "parse 30 ids: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, 30 ids", VENDOR, OURS)),
            atLeast(
                    2,
                    "parse 100 ids: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, 100 ids", VENDOR, OURS)),
            atLeast(
                    2,
                    "parse an error: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, an error", VENDOR, OURS)),
            atLeast(
                    15,
                    "sum: times faster than the vendor's SDK",
                    run -> ratio(run, "Sum of the three, 1 id", VENDOR, OURS)),
            atMost(
                    10,
                    "sum: per cent of the vendor's SDK's allocation",
                    run -> 100
                            * run.bytes(step("Sum of the three, 1 id").by(OURS))
                            / run.bytes(step("Sum of the three, 1 id").by(VENDOR))));

    private HotPathPage() {}

    /**
     * Writes {@code markdown/benchmarks-hot-path.md} and a picture for each run in {@code resources/benchmarks}.
     *
     * @param site the folder of the documentation
     * @throws IOException if a file cannot be read or written
     */
    public static void write(Path site) throws IOException {
        Path folder = site.resolve("resources/benchmarks");
        Map<String, HotPathRun> runs = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("hot-path-jdk\\d+\\.json"))
                    .sorted()
                    .forEach(name -> runs.put(name.replaceAll("\\D", ""), HotPathRun.of(folder.resolve(name))));
        }
        for (Map.Entry<String, HotPathRun> run : runs.entrySet()) {
            Files.writeString(
                    folder.resolve("hot-path-jdk" + run.getKey() + ".svg"), picture(run.getKey(), run.getValue()));
        }
        Files.writeString(site.resolve("markdown/benchmarks-hot-path.md"), page(runs));
    }

    private static String page(Map<String, HotPathRun> runs) {
        StringBuilder goals = new StringBuilder();
        List<String> head = new ArrayList<>(List.of("goal"));
        runs.keySet().forEach(jdk -> head.add("JDK " + jdk));
        table(goals, head);
        for (Goal goal : GOALS) {
            List<String> row = new ArrayList<>(List.of(goal.text()));
            runs.values().forEach(run -> row.add(goal.verdict(run)));
            row(goals, row);
        }
        StringBuilder details = new StringBuilder();
        runs.forEach((jdk, run) -> details(details, jdk, run));
        return Template.fill("hot-path.md", Map.of("goals", goals.toString(), "runs", details.toString()));
    }

    private static void details(StringBuilder page, String jdk, HotPathRun run) {
        page.append("\n## JDK ")
                .append(jdk)
                .append("\n\n")
                .append(run.environment().line());
        String file = "../resources/benchmarks/hot-path-jdk" + jdk;
        page.append(". [Results of JMH](" + file + ".json).\n\n![Time per request](" + file + ".svg)\n\n");
        table(page, List.of("step", "competitor", "time", "times the floor", "bytes"));
        for (Step step : STEPS) {
            double floor = run.nanos(step.by(FLOOR));
            for (String competitor : step.competitors()) {
                double nanos = run.nanos(step.by(competitor));
                row(
                        page,
                        List.of(
                                competitor.equals(FLOOR) ? step.name() : "",
                                name(competitor),
                                Text.time(nanos),
                                Text.significant(nanos / floor, 3),
                                bytes(run.bytes(step.by(competitor)))));
            }
        }
        page.append('\n');
        table(page, List.of("besides", "time", "bytes"));
        for (int instances : new int[] {1, 1_000, 100_000, 10_000_000}) {
            row(page, planning(run, instances));
        }
        Map<String, String> others = new LinkedHashMap<>();
        others.put("ShaperBenchmark.alone", "a permit of the shaper, no other request waiting");
        others.put("ShaperBenchmark.among64", "a permit of the shaper, 64 requests waiting");
        others.put("ErrorCodesBenchmark.known", "look up a known error code");
        others.put("ErrorCodesBenchmark.unknown", "look up an unknown error code");
        others.forEach((benchmark, what) -> {
            Case measured = new Case(benchmark, "", 1);
            row(page, List.of(what, Text.time(run.nanos(measured)), bytes(run.bytes(measured))));
        });
    }

    private static List<String> planning(HotPathRun run, int instances) {
        Case plan = new Case("PlanningBenchmark.plan", Integer.toString(instances), 1);
        double chunks = BillingMode.MONTHLY.callsFor(instances);
        String speed = Text.significant(1e3 * chunks / run.nanos(plan), 2);
        return List.of(
                "plan for " + Text.number(instances) + ": " + speed + " million chunks a second",
                Text.time(run.nanos(plan)),
                bytes(run.bytes(plan)) + ", " + bytes(run.bytes(plan) / chunks) + " a chunk");
    }

    private static String picture(String jdk, HotPathRun run) {
        List<BarChart.Group> groups = DRAWN.stream()
                .map(HotPathPage::step)
                .map(step -> new BarChart.Group(
                        step.name(),
                        step.competitors().stream()
                                .map(competitor -> bar(run, step, competitor))
                                .toList()))
                .toList();
        Axis axis = Axis.logarithmic("processor time per call").written(Text::time);
        return new BarChart("The hot path on JDK " + jdk, axis, groups).svg();
    }

    private static Bar bar(HotPathRun run, Step step, String competitor) {
        Case measured = step.by(competitor);
        String label = Text.time(run.nanos(measured)) + " · " + bytes(run.bytes(measured)) + " B";
        Tone tone = competitor.equals(OURS) ? Tone.OURS : competitor.equals(FLOOR) ? Tone.FLOOR : Tone.PEER;
        return new Bar(name(competitor), run.nanos(measured), label, tone);
    }

    private static String name(String competitor) {
        return NAMES.getOrDefault(competitor, competitor);
    }

    private static String bytes(double bytes) {
        return Text.number(Math.rint(bytes));
    }

    private static void table(StringBuilder page, List<String> head) {
        row(page, head);
        page.append("|---".repeat(head.size())).append("|\n");
    }

    private static void row(StringBuilder page, List<String> cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static Step step(String name) {
        return STEPS.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double ratio(HotPathRun run, String name, String above, String below) {
        return run.nanos(step(name).by(above)) / run.nanos(step(name).by(below));
    }

    private static Goal atMost(double limit, String text, ToDoubleFunction<HotPathRun> value) {
        return new Goal(text + ", at most " + Text.number(limit), limit, true, value);
    }

    private static Goal atLeast(double limit, String text, ToDoubleFunction<HotPathRun> value) {
        return new Goal(text + ", at least " + Text.number(limit), limit, false, value);
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
