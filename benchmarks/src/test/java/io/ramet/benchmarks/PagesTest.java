package io.ramet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.benchmarks.report.HotPathPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page is made from the results that are kept. */
class PagesTest {

    private static final Path RESULTS = Path.of("..", "src", "site", "resources", "benchmarks");

    @Test
    void thePageOfTheHotPathIsMadeFromItsResults(@TempDir Path site) throws IOException {
        Path copy = Files.createDirectories(site.resolve("resources/benchmarks"));
        Files.createDirectories(site.resolve("markdown"));
        Files.copy(RESULTS.resolve("hot-path-jdk17.json"), copy.resolve("hot-path-jdk17.json"));

        HotPathPage.write(site);

        assertThat(site.resolve("markdown/benchmarks-hot-path.md"))
                .content()
                .startsWith("# Hot path")
                .contains("| goal | JDK 17 |", "## JDK 17", "| Parse, 100 ids | floor |")
                .doesNotContain("{{");
        assertThat(copy.resolve("hot-path-jdk17.svg")).content().startsWith("<svg");
    }
}
