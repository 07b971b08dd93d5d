package io.ramet.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.benchmarks.compare.TlsRun.Cost;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TlsRunTest {

    @Test
    @Tag("soak")
    void connectionsOverTlsResumeSessions() throws Exception {
        Path keys = TlsRun.generated();
        try {
            Cost cost = TlsRun.measure("https", keys.toString(), 1);
            assertThat(cost.requests()).isEqualTo(220);
            assertThat(cost.resumed()).as("of 220").isPositive();
        } finally {
            Files.delete(keys);
        }
    }
}
