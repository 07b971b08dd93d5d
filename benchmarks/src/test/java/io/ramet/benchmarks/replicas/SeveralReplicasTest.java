package io.ramet.benchmarks.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralReplicasTest {

    @Test
    void fourReplicasShareTheLimitFairlyInVirtualTime() {
        Run run = Run.of(4, Duration.ofSeconds(30), 7);
        assertThat(run.peak()).isLessThanOrEqualTo(20);
        assertThat(run.callsPerSecond()).isBetween(17.5, 18.3);
        assertThat(run.fairness()).isBetween(0.98, 1.0);
        assertThat(run.roundTripsPerCall()).isLessThan(12);
    }

    @Test
    void theTableTakesThePlaceOfTheOneBefore(@TempDir Path site) throws Exception {
        Path page = Files.createDirectories(site.resolve("markdown")).resolve("several-replicas.md");
        Files.writeString(page, "before\n<!-- simulated -->\nold\n<!-- simulated until here -->\nafter\n");
        SeveralReplicas.write(site, 1);
        SeveralReplicas.write(site, 1);
        assertThat(page)
                .content()
                .startsWith("before\n<!-- simulated -->\n| replicas |")
                .endsWith("here -->\nafter\n");
        assertThat(page).content().containsOnlyOnce("| 1 |").doesNotContain("old");
        assertThat(site.resolve("resources/benchmarks/several-replicas.svg"))
                .content()
                .startsWith("<svg");
    }
}
