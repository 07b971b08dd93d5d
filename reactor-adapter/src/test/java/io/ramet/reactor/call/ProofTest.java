package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProofTest {

    private static final long SIGNED = 1_790_000_000L;
    private final Proof proof = new Proof(Duration.ofMinutes(2));

    @Test
    void aListingProvesAbsenceOnlyAfterTheSignatureHasExpiredAndTheLagIsOver() {
        assertThat(proof.holds(SIGNED, Instant.ofEpochSecond(SIGNED + 300 + 120)))
                .isFalse();
        assertThat(proof.holds(SIGNED, Instant.ofEpochSecond(SIGNED + 300 + 120 + 2)))
                .isFalse();
        assertThat(proof.holds(SIGNED, Instant.ofEpochSecond(SIGNED + 300 + 120 + 3)))
                .isTrue();
    }

    @Test
    void aListingWithoutADateProvesNothing() {
        assertThat(proof.holds(SIGNED, null)).isFalse();
    }
}
