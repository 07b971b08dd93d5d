package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.Goals.Goal;
import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.FirstRequests;
import io.ramet.benchmarks.compare.Results.Growth;
import io.ramet.benchmarks.compare.Results.Machine;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Throughput;
import io.ramet.benchmarks.report.Axis;
import io.ramet.benchmarks.report.LineChart;
import io.ramet.benchmarks.report.LineChart.Form;
import io.ramet.benchmarks.report.LineChart.Level;
import io.ramet.benchmarks.report.LineChart.Point;
import io.ramet.benchmarks.report.LineChart.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Makes the page of the comparison, its plots and the table for the README from the JSON. */
public final class ComparisonPage {

    private static final String INTRODUCTION = """
            # End to end

            Ramet beside what people would use instead: the vendor's SDK, the JDK's `HttpClient` with `sendAsync`, Spring's
            `WebClient` with `flatMap`, and bare Reactor Netty as the floor. Each client runs in a process of its own and the
            server in another, on loopback, over plain HTTP/1.1. All sign for real. The bare HTTP clients sign, write and read
            with Ramet's own core, so that they differ as clients only.

            One command repeats it, in about an hour for each JDK on a machine with nothing else to do (`--short` before the
            folder takes a few minutes):

            ```
            mvn package -pl benchmarks -am -DskipTests
            java -cp benchmarks/target/benchmarks.jar io.ramet.benchmarks.compare.Comparison src/site
            ```

            It writes `end-to-end-<JDK>.json` into `src/site/resources/benchmarks`; then it makes this page, its plots and
            `bought-asked-told.md` from all such files there.
            """;

    private final Path site;
    private final StringBuilder page = new StringBuilder(INTRODUCTION);

    private ComparisonPage(Path site) {
        this.site = site;
    }

    /**
     * Writes the page.
     *
     * @param args the folder of the site, with {@code resources/benchmarks} and {@code markdown} in it
     * @throws IOException if something cannot be read or written
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
        for (Path file : files) {
            Results results = JsonMapper.shared().readValue(Files.readString(file), Results.class);
            String name = file.getFileName().toString().replace(".json", "");
            section(name, results);
            if (file.equals(files.get(0))) {
                Files.writeString(site.resolve("markdown/bought-asked-told.md"), boughtAskedTold(results.faults()));
            }
        }
        Files.writeString(site.resolve("markdown/benchmarks-end-to-end.md"), page);
    }

    private Path resources() {
        return site.resolve("resources/benchmarks");
    }

    private void section(String name, Results results) throws IOException {
        Machine machine = results.machine();
        page.append(String.format(
                Locale.ROOT,
                "%n## JDK %s%n%n%s, %d cores, %s; %s; load average %.1f before it began%s. Raw data: [%s.json](../resources/benchmarks/%s.json).%n",
                machine.jdk(),
                machine.cpu(),
                machine.cores(),
                machine.os(),
                machine.date(),
                machine.load(),
                machine.load() > 1 ? ": **the machine was not idle, so the timings are doubtful**" : "",
                name,
                name));
        goals(Goals.of(results));
        page.append("\n### Requested, bought, reported\n\n").append(boughtAskedTold(results.faults()));
        throughput(results.throughput());
        firstRequests(results.firstRequests());
        pacing(name, results);
        coldStart(results.coldStart());
        growth(results.growth());
    }

    private void goals(List<Goal> goals) {
        table("Goals", "| goal | measured | |\n|---|---|---|");
        for (Goal goal : goals) {
            String gap = goal.cause().isEmpty() ? "gap" : "gap: " + goal.cause();
            row(goal.aim(), goal.measured(), goal.met() ? "met" : gap);
        }
    }

    private void throughput(List<Throughput> rows) {
        table(
                "Warmed up, without the limit",
                "| in flight | client | requests/s | spread | client CPU per request | heap allocated per request | threads |\n"
                        + "|---:|---|---:|---:|---:|---:|---:|");
        for (Throughput row : rows) {
            row(
                    row.inFlight(),
                    row.server().equals("bare") ? row.client() : row.client() + ", with the simulator as server",
                    format("%,.0f", row.requestsPerSecond()),
                    format("%.0f %%%s", 100 * row.spread(), row.steady() ? "" : ", **not steady**"),
                    format("%,.0f µs", row.cpuMicros()),
                    format("%.1f KB", row.allocatedBytes() / 1e3),
                    format("%.0f", row.threads()));
        }
        page.append("""

                The median of three runs of each client, which take turns; the spread is the difference between the fastest and
                the slowest run. Before each run counts, the client warms up for 20 s at least, and until the rates of three
                windows of 2 s differ by less than 3 %. Each response holds 30 instance ids. The server is a bare one on one thread
                that checks nothing, because the simulator, which verifies every signature, would be the bottleneck: see the first
                row. Ramet opens a connection for each purchase, as it always does; its journal is in memory, and its shaper
                makes no request wait. The vendor's SDK needs a thread for each request in flight; "pool widened" keeps as many
                idle connections as there are threads, in place of five. Threads and processor time are those of the whole
                process, including the JVM's own threads, compiler and garbage collection.
                """);
    }

    private void firstRequests(List<FirstRequests> rows) {
        int count = rows.get(0).requests();
        table(
                format("The first %d requests of a cold JVM", count),
                format("| client | first deal | deal %d | deal %d | CPU in all |%n|---|---:|---:|---:|---:|", count / 2, count));
        for (FirstRequests row : rows) {
            row(
                    row.client(),
                    format("%,.0f ms", row.millis().get(0)),
                    format("%,.0f ms", row.millis().get(count / 2 - 1)),
                    format("%,.0f ms", row.millis().get(count - 1)),
                    format("%,.0f ms", row.cpuMillis()));
        }
        page.append(format("""

                One plan for 1,000 instances, %d requests in flight, without the limit and without a warm-up. Times run from the
                purchase until a deal is reported to the caller, without the start of the JVM and of the client.
                """, rows.get(0).inFlight()));
    }

    private void pacing(String name, Results results) throws IOException {
        table(
                "Within the limit of 20 requests per second",
                "| instances | requests | ideal | client | took | × ideal | most in a second | throttled | heap at the end |\n"
                        + "|---:|---:|---:|---|---:|---:|---:|---:|---:|");
        for (Pace row : results.pacing()) {
            row(
                    format("%,d %s", row.instances(), row.billing()),
                    format("%,d", row.calls()),
                    format("%.0f s", row.idealSeconds()),
                    row.client(),
                    format("%.2f s", row.seconds()),
                    row.idealSeconds() > 0 ? format("%.2f", row.seconds() / row.idealSeconds()) : "–",
                    row.peak(),
                    format("%,d", row.throttled()),
                    format("%.1f MB", row.liveHeapBytes() / 1e6));
        }
        page.append("""

                The ideal is the number of full windows of 20 before the last request. Time runs from the first request at the
                server to the last, throttled ones included; heap is what is in use after a collection at the end. Ramet keeps its
                journal in SQLite. `flatMap` retries throttled requests with a growing pause; the loop around the vendor's SDK
                sleeps 50 ms after each request. 100,000 instances are billed by the month, in chunks of 100; by the hour there
                would be 3,334 chunks and 167 s.
                """);
        plot(
                name + "-pacing",
                pacingPlot(results.timeline()),
                "requests in the second before each arrival at the server");
        plot(name + "-makespan", makespanPlot(results.pacing()), "time to clone against the ideal");
    }

    private void plot(String name, LineChart chart, String what) throws IOException {
        Files.writeString(resources().resolve(name + ".svg"), chart.svg());
        page.append(format("%n![%s](../resources/benchmarks/%s.svg)%n", what, name));
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
        lines.add(new Series("ideal: full windows of 20", Form.STRAIGHT, ideal));
        return new LineChart(
                "Time to clone against the ideal",
                Axis.logarithmic("requests"),
                Axis.logarithmic("seconds"),
                lines,
                List.of());
    }

    private void coldStart(List<ColdStart> rows) {
        table("Cold start", "| | median | fastest | slowest |\n|---|---:|---:|---:|");
        for (ColdStart row : rows) {
            List<Long> sorted = row.millis().stream().sorted().toList();
            row(
                    row.client(),
                    format("%,.0f ms", row.median()),
                    format("%,d ms", sorted.get(0)),
                    format("%,d ms", sorted.get(sorted.size() - 1)));
        }
        page.append("""

                From the start of the JVM until the first deal is printed. One run of the program with
                `-XX:ArchiveClassesAtExit=ramet.jsa` makes the archive; the others use it with `-XX:SharedArchiveFile=ramet.jsa`,
                from the same jar.
                """);
    }

    private void growth(List<Growth> rows) {
        table(
                "Cost as work grows",
                "| instances | CPU per instance | allocated per instance | heap at the end |\n|---:|---:|---:|---:|");
        for (Growth row : rows) {
            row(
                    format("%,d", row.instances()),
                    format("%,.2f µs", row.cpuNanos() / 1e3),
                    format("%,.0f B", row.allocatedBytes()),
                    format("%,.1f MB", row.liveHeapBytes() / 1e6));
        }
        page.append("""

                One plan in chunks of 100, without the limit, in a JVM that has just started: the first rows are mostly its start.
                The heap at the end is that of the journal in memory, which keeps every instance id; with a journal in SQLite it is
                flat, as the table of paced runs shows.
                """);
    }

    private static String boughtAskedTold(List<Faults> rows) {
        StringBuilder text = new StringBuilder("""
                | client | requested | bought | reported to the caller | known to be in doubt | **bought and not reported** | **bought twice** |
                |---|---:|---:|---:|---:|---:|---:|
                """);
        for (Faults row : rows) {
            text.append(format(
                    "| %s | %,d | %,d | %,d | %,d | %,d | %,d |%n",
                    row.client(),
                    row.asked(),
                    row.bought(),
                    row.told(),
                    row.inDoubt(),
                    Math.max(0, row.bought() - row.told() - row.inDoubt()),
                    row.boughtTwice()));
        }
        return text.append(format("""

                Instances, by the server's own books, over %d plans with the same seeded faults for each client: a fifth of the
                requests is cut off before or after it is executed, gets no response, or is throttled, and one is refused. What is
                in doubt may or may not have been bought, and Ramet says so. So that all requests are sent, Ramet is set to continue
                after the refusal and with any number of chunks in doubt, which it does not by default.
                """, rows.get(0).seeds())).toString();
    }

    private void table(String title, String head) {
        page.append(format("%n### %s%n%n%s%n", title, head));
    }

    private void row(Object... cells) {
        page.append('|');
        for (Object cell : cells) {
            page.append(' ').append(cell).append(" |");
        }
        page.append('\n');
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
