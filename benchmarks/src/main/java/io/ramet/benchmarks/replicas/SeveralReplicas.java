package io.ramet.benchmarks.replicas;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.benchmarks.report.Axis;
import io.ramet.benchmarks.report.LineChart;
import io.ramet.benchmarks.report.LineChart.Point;
import io.ramet.benchmarks.report.LineChart.Series;
import io.ramet.benchmarks.report.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Writes the table and the picture of the guide's page on several replicas. */
public final class SeveralReplicas {

    private static final int[] COUNTS = {1, 2, 4, 10, 20, 50, 100, 200, 500, 1000};
    private static final String BEGIN = "<!-- simulated -->\n";
    private static final String END = "<!-- simulated until here -->\n";

    private SeveralReplicas() {}

    /**
     * Runs the simulation and writes its results into the guide.
     *
     * @param args nothing, or the folder of the guide instead of {@code src/site}
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String... args) throws IOException {
        write(Path.of(args.length == 0 ? "src/site" : args[0]), COUNTS);
    }

    static void write(Path site, int... counts) throws IOException {
        List<Run> runs = IntStream.of(counts)
                .mapToObj(count -> Run.of(count, length(count), 1))
                .toList();
        Path page = site.resolve("markdown/several-replicas.md");
        String text = Files.readString(page, UTF_8);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        Files.writeString(page, text.substring(0, begin) + table(runs) + text.substring(text.indexOf(END)), UTF_8);
        Path picture = site.resolve("resources/benchmarks/several-replicas.svg");
        Files.createDirectories(picture.getParent());
        Files.writeString(picture, chart(runs), UTF_8);
    }

    /** Long enough to measure fairness, but short for many replicas, which take long in real time as well. */
    private static Duration length(int replicas) {
        return Duration.ofSeconds(replicas <= 100 ? 120 : 20);
    }

    private static String table(List<Run> runs) {
        String head = """
                | replicas | requests per second | peak | round trips per request | round trips per second | races lost per request | fairness | mean wait |
                |---:|---:|---:|---:|---:|---:|---:|---:|
                """;
        return head
                + Text.rows(
                        runs,
                        run -> Text.row(
                                Text.format("%,d", run.replicas()),
                                Text.format("%.1f", run.callsPerSecond()),
                                run.peak(),
                                Text.format("%.1f", run.roundTripsPerCall()),
                                Text.format("%,.0f", run.load()),
                                Text.format("%.1f", run.racesLostPerCall()),
                                Double.isNaN(run.fairness()) ? "–" : Text.format("%.3f", run.fairness()),
                                Text.format("%.2f s", run.meanWait())));
    }

    private static String chart(List<Run> runs) {
        List<Run> lossy =
                runs.stream().filter(run -> run.racesLostPerCall() > 0).toList();
        return new LineChart(
                        "Replicas that all buy, on one shared bucket",
                        Axis.logarithmic("replicas"),
                        Axis.logarithmic("per request; seconds"),
                        List.of(
                                line("round trips to Redis", runs, Run::roundTripsPerCall),
                                line("races lost", lossy, Run::racesLostPerCall),
                                line("mean wait for a permit, s", runs, Run::meanWait)),
                        List.of())
                .svg();
    }

    private static Series line(String name, List<Run> runs, ToDoubleFunction<Run> value) {
        return new Series(
                name,
                true,
                runs.stream()
                        .map(run -> new Point(run.replicas(), value.applyAsDouble(run)))
                        .toList());
    }
}
