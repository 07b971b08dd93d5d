package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ServerClockTest {

    private static final Instant OURS = Instant.parse("2026-11-24T10:00:00Z");
    private final ServerClock clock = new ServerClock(Clock.fixed(OURS, ZoneOffset.UTC));

    @Test
    void ourTimeIsTakenUntilTheServerObjects() {
        assertThat(clock.seconds()).isEqualTo(OURS.getEpochSecond());
    }

    @Test
    void aDateMoreThanFiveMinutesFromWhatWasSignedSetsTheClockRight() {
        assertThat(clock.correct(OURS.getEpochSecond(), OURS.plusSeconds(3600))).isTrue();
        assertThat(clock.seconds()).isEqualTo(OURS.getEpochSecond() + 3600);
        assertThat(clock.correct(OURS.getEpochSecond() + 3600, OURS.minusSeconds(7200)))
                .isTrue();
        assertThat(clock.seconds()).isEqualTo(OURS.getEpochSecond() - 7200);
    }

    @Test
    void aDateThatDoesNotExplainTheRefusalChangesNothing() {
        assertThat(clock.correct(OURS.getEpochSecond(), OURS.plusSeconds(299))).isFalse();
        assertThat(clock.seconds()).isEqualTo(OURS.getEpochSecond());
    }
}
