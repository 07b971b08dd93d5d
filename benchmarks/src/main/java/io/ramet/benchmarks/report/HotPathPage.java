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

/** The page about the hot path: goals, a picture and tables, all made of what JMH said. */
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
                    3,
                    "parse 1 id: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, 1 id", VENDOR, OURS)),
            atLeast(
                    3,
                    "parse 30 ids: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, 30 ids", VENDOR, OURS)),
            atLeast(
                    3,
                    "parse 100 ids: times faster than the vendor's SDK",
                    run -> ratio(run, "Parse, 100 ids", VENDOR, OURS)),
            atLeast(
                    3,
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
        StringBuilder page = new StringBuilder("""
                # Hot path

                What one call costs before its bytes go and after the answer has come. This page is made of
                [what JMH said](../resources/benchmarks) by `java -jar benchmarks/target/benchmarks.jar report`. Times are
                processor time, the median of all iterations; bytes are what was allocated.

                A *floor* is what cannot be avoided for these very bytes: the SHA-256 blocks, one copy of the body, the strings of
                the answer. It knows the result beforehand and can make no other. All contenders are checked to make the same
                bytes or to read the same values.

                ## Goals

                """);
        List<String> head = new ArrayList<>(List.of("goal"));
        runs.keySet().forEach(jdk -> head.add("JDK " + jdk));
        table(page, head);
        for (Goal goal : GOALS) {
            List<String> row = new ArrayList<>(List.of(goal.text()));
            runs.values().forEach(run -> row.add(goal.verdict(run)));
            row(page, row);
        }
        page.append("""

                Reading many ids is bound by Jackson, which makes each string by way of an array of characters. A scanner of our own
                would be faster, and would be a second opinion about what an answer says; for twenty calls a second we keep the
                library. An error is thrown with its stack trace, by all contenders.
                """);
        runs.forEach((jdk, run) -> details(page, jdk, run));
        return page.toString();
    }

    private static void details(StringBuilder page, String jdk, HotPathRun run) {
        page.append("\n## JDK ")
                .append(jdk)
                .append("\n\n")
                .append(run.environment().line());
        page.append(".\n\n![Time per call](../resources/benchmarks/hot-path-jdk")
                .append(jdk)
                .append(".svg)\n\n");
        table(page, List.of("step", "contender", "time", "times the floor", "bytes"));
        for (Step step : STEPS) {
            double floor = run.nanos(step.by(FLOOR));
            for (String contender : step.contenders()) {
                double nanos = run.nanos(step.by(contender));
                row(
                        page,
                        List.of(
                                contender.equals(FLOOR) ? step.name() : "",
                                name(contender),
                                Text.time(nanos),
                                Text.significant(nanos / floor, 3),
                                bytes(run.bytes(step.by(contender)))));
            }
        }
        page.append('\n');
        table(page, List.of("besides", "time", "bytes"));
        for (int instances : new int[] {1, 1_000, 100_000, 10_000_000}) {
            row(page, planning(run, instances));
        }
        Map<String, String> others = new LinkedHashMap<>();
        others.put("ShaperBenchmark.alone", "a turn at the shaper, nobody waiting");
        others.put("ShaperBenchmark.among64", "a turn at the shaper, 64 waiting");
        others.put("ErrorCodesBenchmark.known", "look a known error code up");
        others.put("ErrorCodesBenchmark.unknown", "look an unknown error code up");
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
                        step.contenders().stream()
                                .map(contender -> bar(run, step, contender))
                                .toList()))
                .toList();
        Axis axis = Axis.logarithmic("processor time per call").written(Text::time);
        return new BarChart("The hot path on JDK " + jdk, axis, groups).svg();
    }

    private static Bar bar(HotPathRun run, Step step, String contender) {
        Case measured = step.by(contender);
        String label = Text.time(run.nanos(measured)) + " · " + bytes(run.bytes(measured)) + " B";
        Tone tone = contender.equals(OURS) ? Tone.OURS : contender.equals(FLOOR) ? Tone.FLOOR : Tone.PEER;
        return new Bar(name(contender), run.nanos(measured), label, tone);
    }

    private static String name(String contender) {
        return NAMES.getOrDefault(contender, contender);
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

    private record Step(String name, String type, String param, int threads, List<String> contenders) {

        Case by(String contender) {
            return new Case(type + "Benchmark." + contender, param, threads);
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
