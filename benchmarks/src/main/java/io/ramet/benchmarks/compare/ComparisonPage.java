package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.Machine;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.report.Axis;
import io.ramet.benchmarks.report.LineChart;
import io.ramet.benchmarks.report.LineChart.Form;
import io.ramet.benchmarks.report.LineChart.Level;
import io.ramet.benchmarks.report.LineChart.Point;
import io.ramet.benchmarks.report.LineChart.Series;
import io.ramet.benchmarks.report.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** Makes the page of the comparison, its plots and the table for the README from the JSON. */
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
        Map<String, String> values = new LinkedHashMap<>();
        values.put("name", name);
        values.put("jdk", results.machine().jdk());
        values.put("machine", machine(results.machine()));
        values.put(
                "goals",
                rows(
                        Goals.of(results),
                        goal -> List.of(
                                goal.aim(),
                                goal.measured(),
                                goal.met() ? "met" : goal.cause().isEmpty() ? "gap" : "gap: " + goal.cause())));
        values.put("faults", faults(results.faults()).replaceFirst("^# .*\\R+", ""));
        values.put(
                "throughput",
                rows(
                        results.throughput(),
                        row -> List.of(
                                row.inFlight(),
                                row.server().equals("bare")
                                        ? row.client()
                                        : row.client() + ", with the simulator as server",
                                format("%,.0f", row.requestsPerSecond()),
                                format("%.0f %%%s", 100 * row.spread(), row.steady() ? "" : ", **not steady**"),
                                format("%,.0f µs", row.cpuMicros()),
                                format("%.1f KB", row.allocatedBytes() / 1e3),
                                format("%.0f", row.threads()))));
        values.put(
                "firstRequests",
                rows(
                        results.firstRequests(),
                        row -> List.of(
                                row.client(),
                                format("%,.0f ms", row.millis().get(0)),
                                format("%,.0f ms", row.millis().get(row.requests() / 2 - 1)),
                                format("%,.0f ms", row.millis().get(row.requests() - 1)),
                                format("%,.0f ms", row.cpuMillis()))));
        values.put(
                "pacing",
                rows(
                        results.pacing().rows(),
                        row -> List.of(
                                format("%,d %s", row.instances(), row.billing()),
                                format("%,d", row.calls()),
                                format("%.0f s", row.idealSeconds()),
                                row.client(),
                                format("%.2f s", row.seconds()),
                                row.idealSeconds() > 0 ? format("%.2f", row.seconds() / row.idealSeconds()) : "–",
                                row.peak(),
                                format("%,d", row.throttled()),
                                format("%.1f MB", row.liveHeapBytes() / 1e6))));
        values.put("coldStart", rows(results.coldStart(), ComparisonPage::coldStart));
        values.put(
                "growth",
                rows(
                        results.growth(),
                        row -> List.of(
                                format("%,d", row.instances()),
                                format("%,.2f µs", row.cpuNanos() / 1e3),
                                format("%,.0f B", row.allocatedBytes()),
                                format("%,.1f MB", row.liveHeapBytes() / 1e6))));
        return Template.fill("end-to-end-run.md", values);
    }

    private static String machine(Machine machine) {
        return format("%s, %d cores, %s; %s", machine.cpu(), machine.cores(), machine.os(), machine.date());
    }

    private static String faults(List<Faults> rows) {
        return Template.fill(
                "requested-bought-reported.md",
                Map.of(
                        "seeds",
                        String.valueOf(rows.get(0).seeds()),
                        "rows",
                        rows(
                                rows,
                                row -> List.of(
                                        row.client(),
                                        format("%,d", row.asked()),
                                        format("%,d", row.bought()),
                                        format("%,d", row.told()),
                                        format("%,d", row.inDoubt()),
                                        format("%,d", Math.max(0, row.bought() - row.told() - row.inDoubt())),
                                        format("%,d", row.boughtTwice())))));
    }

    private static List<Object> coldStart(ColdStart row) {
        List<Long> sorted = row.millis().stream().sorted().toList();
        return List.of(
                row.client(),
                format("%,.0f ms", row.median()),
                format("%,d ms", sorted.get(0)),
                format("%,d ms", sorted.get(sorted.size() - 1)));
    }

    private void plot(String name, LineChart chart) throws IOException {
        Files.writeString(resources().resolve(name + ".svg"), chart.svg());
    }

    private static LineChart pacingPlot(Map<String, List<Double>> timeline) {
        List<Series> lines = new ArrayList<>();
        timeline.forEach((client, arrivals) -> lines.add(new Series(client, Form.STRAIGHT, slidingSecond(arrivals))));
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
        points.forEach((client, line) -> lines.add(new Series(client, Form.DOTTED, line)));
        lines.add(new Series("ideal", Form.STRAIGHT, ideal));
        return new LineChart(
                "Time to clone against the ideal",
                Axis.logarithmic("requests"),
                Axis.logarithmic("seconds"),
                lines,
                List.of());
    }

    private static <T> String rows(List<T> items, Function<T, List<?>> cells) {
        StringBuilder rows = new StringBuilder();
        for (T item : items) {
            rows.append('|');
            cells.apply(item).forEach(cell -> rows.append(' ').append(cell).append(" |"));
            rows.append('\n');
        }
        return rows.toString();
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
