package io.ramet.benchmarks.compare;

import static io.ramet.benchmarks.report.Text.format;
import static io.ramet.benchmarks.report.Text.row;
import static io.ramet.benchmarks.report.Text.rows;
import static java.util.Map.entry;

import io.ramet.benchmarks.compare.Goals.Goal;
import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.FirstRequests;
import io.ramet.benchmarks.compare.Results.Growth;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Throughput;
import io.ramet.benchmarks.report.Axis;
import io.ramet.benchmarks.report.LineChart;
import io.ramet.benchmarks.report.LineChart.Level;
import io.ramet.benchmarks.report.LineChart.Point;
import io.ramet.benchmarks.report.LineChart.Series;
import io.ramet.benchmarks.report.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Makes the page of the comparison, its plots and the table of what was bought and reported from the JSON. */
public final class ComparisonPage {

    private final Path site;

    private ComparisonPage(Path site) {
        this.site = site;
    }

    /**
     * Writes the page.
     *
     * @param args the folder of the site, with {@code resources/benchmarks} and {@code markdown} in it
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String... args) throws IOException {
        new ComparisonPage(Path.of(args[0])).write();
    }

    private void write() throws IOException {
        List<Path> files;
        try (var all = Files.list(resources())) {
            files = all.filter(file -> file.getFileName().toString().matches("end-to-end-.*\\.json"))
                    .sorted()
                    .toList();
        }
        StringBuilder runs = new StringBuilder();
        for (Path file : files) {
            Results results = JsonMapper.shared().readValue(Files.readString(file), Results.class);
            runs.append(run(file.getFileName().toString().replace(".json", ""), results));
            if (file.equals(files.get(0))) {
                Files.writeString(site.resolve("markdown/requested-bought-reported.md"), faults(results.faults()));
            }
        }
        Files.writeString(
                site.resolve("markdown/benchmarks-end-to-end.md"),
                Template.fill("end-to-end.md", Map.of("runs", runs.toString())));
    }

    private Path resources() {
        return site.resolve("resources/benchmarks");
    }

    private String run(String name, Results results) throws IOException {
        plot(name + "-pacing", pacingPlot(results.pacing().timeline()));
        plot(name + "-makespan", makespanPlot(results.pacing().rows()));
        return Template.fill(
                "end-to-end-run.md",
                Map.ofEntries(
                        entry("name", name),
                        entry("jdk", results.environment().jdk()),
                        entry("machine", results.environment().machine()),
                        entry("date", results.environment().date()),
                        entry("goals", rows(Goals.of(results), ComparisonPage::goal)),
                        entry("faults", faults(results.faults()).replaceFirst("^# .*\\R+", "")),
                        entry("throughput", rows(results.throughput(), ComparisonPage::throughput)),
                        entry("firstRequests", rows(results.firstRequests(), ComparisonPage::firstRequests)),
                        entry("pacing", rows(results.pacing().rows(), ComparisonPage::pace)),
                        entry("coldStart", rows(results.coldStart(), ComparisonPage::coldStart)),
                        entry("growth", rows(results.growth(), ComparisonPage::growth))));
    }

    private static String goal(Goal goal) {
        String gap = goal.cause().isEmpty() ? "gap" : "gap: " + goal.cause();
        return row(goal.aim(), goal.measured(), goal.met() ? "met" : gap);
    }

    private static String throughput(Throughput run) {
        return row(
                run.inFlight(),
                run.client() + (run.server().equals("bare") ? "" : ", with the simulator as server"),
                format("%,.0f", run.requestsPerSecond()),
                format("%.0f %%%s", 100 * run.spread(), run.steady() ? "" : ", **not steady**"),
                format("%,.0f µs", run.cpuMicros()),
                format("%.1f KB", run.allocatedBytes() / 1e3),
                format("%.0f", run.threads()));
    }

    private static String firstRequests(FirstRequests run) {
        return row(
                run.client(),
                format("%,.0f ms", run.millis().get(0)),
                format("%,.0f ms", run.millis().get(run.requests() / 2 - 1)),
                format("%,.0f ms", run.millis().get(run.requests() - 1)),
                format("%,.0f ms", run.cpuMillis()));
    }

    private static String pace(Pace pace) {
        return row(
                format("%,d %s", pace.instances(), pace.billing()),
                format("%,d", pace.calls()),
                format("%.0f s", pace.idealSeconds()),
                pace.client(),
                format("%.2f s", pace.seconds()),
                pace.idealSeconds() > 0 ? format("%.2f", pace.seconds() / pace.idealSeconds()) : "–",
                pace.peak(),
                format("%,d", pace.throttled()),
                format("%.1f MB", pace.liveHeapBytes() / 1e6));
    }

    private static String coldStart(ColdStart start) {
        return row(
                start.client(),
                format("%,.0f ms", start.median()),
                format("%,d ms", Collections.min(start.millis())),
                format("%,d ms", Collections.max(start.millis())));
    }

    private static String growth(Growth plan) {
        return row(
                format("%,d", plan.instances()),
                format("%,.2f µs", plan.cpuNanos() / 1e3),
                format("%,.0f B", plan.allocatedBytes()),
                format("%,.1f MB", plan.liveHeapBytes() / 1e6));
    }

    private static String faults(List<Faults> rows) {
        return Template.fill(
                "requested-bought-reported.md",
                Map.of("seeds", String.valueOf(rows.get(0).seeds()), "rows", rows(rows, ComparisonPage::faults)));
    }

    private static String faults(Faults client) {
        return row(
                client.client(),
                format("%,d", client.requested()),
                format("%,d", client.bought()),
                format("%,d", client.reported()),
                format("%,d", client.inDoubt()),
                format("%,d", client.lost()),
                format("%,d", client.boughtTwice()));
    }

    private void plot(String name, LineChart chart) throws IOException {
        Files.writeString(resources().resolve(name + ".svg"), chart.svg());
    }

    private static LineChart pacingPlot(Map<String, List<Double>> timeline) {
        List<Series> lines = new ArrayList<>();
        timeline.forEach((client, arrivals) -> lines.add(new Series(client, false, slidingSecond(arrivals))));
        return new LineChart(
                "Requests in the second before each arrival at the server",
                Axis.linear("seconds after the first request"),
                Axis.logarithmic("requests in a second"),
                lines,
                List.of(new Level("the limit: 20", 20)));
    }

    private static List<Point> slidingSecond(List<Double> arrivals) {
        List<Point> points = new ArrayList<>();
        int first = 0;
        for (int last = 0; last < arrivals.size(); last++) {
            while (arrivals.get(last) - arrivals.get(first) >= 1000) {
                first++;
            }
            points.add(new Point(arrivals.get(last) / 1e3, last - first + 1));
        }
        return points;
    }

    private static LineChart makespanPlot(List<Pace> rows) {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        List<Point> ideal = new ArrayList<>();
        for (Pace row : rows) {
            points.computeIfAbsent(row.client(), client -> new ArrayList<>())
                    .add(new Point(row.calls(), row.seconds()));
            if (row.idealSeconds() > 0
                    && (ideal.isEmpty() || ideal.get(ideal.size() - 1).x() < row.calls())) {
                ideal.add(new Point(row.calls(), row.idealSeconds()));
            }
        }
        List<Series> lines = new ArrayList<>();
        points.forEach((client, line) -> lines.add(new Series(client, true, line)));
        lines.add(new Series("ideal", false, ideal));
        return new LineChart(
                "Time to clone against the ideal",
                Axis.logarithmic("requests"),
                Axis.logarithmic("seconds"),
                lines,
                List.of());
    }
}
