package io.ramet.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.benchmarks.compare.Results.ColdStart;
import io.ramet.benchmarks.compare.Results.Faults;
import io.ramet.benchmarks.compare.Results.FirstRequests;
import io.ramet.benchmarks.compare.Results.Growth;
import io.ramet.benchmarks.compare.Results.Pace;
import io.ramet.benchmarks.compare.Results.Pacing;
import io.ramet.benchmarks.compare.Results.Throughput;
import io.ramet.benchmarks.report.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ComparisonPageTest {

    @Test
    void thePageTheTableAndThePlotsAreMadeFromTheResults(@TempDir Path site) throws IOException {
        Path folder = Files.createDirectories(site.resolve("resources/benchmarks"));
        Files.createDirectories(site.resolve("markdown"));
        Files.writeString(
                folder.resolve("end-to-end-17.json"), JsonMapper.shared().writeValueAsString(results()));

        ComparisonPage.main(site.toString());

        assertThat(site.resolve("markdown/benchmarks-end-to-end.md"))
                .content()
                .contains(
                        "## JDK 17.0.1\n\ncpu, 2 cores, Linux; 2026-11-24. Raw data",
                        "| 16 | Ramet | 9,000 | 2 % | 130 µs | 12.0 KB | 9 |")
                .contains("| 16 | vendor's SDK | 6,000 | 5 %, **not steady** |")
                .contains("| Ramet | 100 ms | 100 ms | 100 ms | 400 ms |")
                .contains("| 250 pay as you go | 9 | 0 s | Ramet | 0.05 s | – | 9 | 0 | 20.0 MB |")
                .contains("| 250 instances: at most 0.1 s, ideal 0 s | 0.05 s | met |")
                .doesNotContain("{{");
        assertThat(site.resolve("markdown/requested-bought-reported.md"))
                .content()
                .contains("| Ramet | 1,000 | 900 | 870 | 30 | 0 | 0 |", "over 5 plans");
        for (String plot : List.of("pacing", "makespan")) {
            assertThat(folder.resolve("end-to-end-17-" + plot + ".svg"))
                    .content()
                    .startsWith("<svg");
        }
    }

    private static Results results() {
        return new Results(
                new Environment("2026-11-24", "cpu, 2 cores, Linux", "17.0.1"),
                List.of(
                        new Throughput("Ramet", "bare", 16, 9_000, 0.02, true, 130, 12_000, 9),
                        new Throughput("vendor's SDK", "bare", 16, 6_000, 0.05, false, 240, 60_000, 30)),
                List.of(new FirstRequests("Ramet", 34, Collections.nCopies(34, 100.0), 400)),
                new Pacing(
                        List.of(
                                new Pace("Ramet", 250, "pay as you go", 9, 0.05, 0, 9, 0, 20_000_000),
                                new Pace("Ramet", 1_000, "pay as you go", 34, 1.15, 1, 20, 0, 20_000_000)),
                        Map.of("Ramet", List.of(0.0, 1.0, 2.0))),
                List.of(new Faults("Ramet", 5, 1_000, 900, 870, 0, 30)),
                List.of(
                        new ColdStart("Ramet", List.of(900L, 1_000L)),
                        new ColdStart("Ramet with a class-data archive", List.of(500L)),
                        new ColdStart("vendor's SDK", List.of(500L))),
                List.of(new Growth(1_000, 900, 800, 20_000_000)));
    }
}
