package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BooksTest {

    private final Books books = new Books();
    private long sequence;

    private void arrive(String action, long nanoTime) {
        sequence++;
        books.arrived(new Arrival(sequence, action, sequence, nanoTime, "request-" + sequence));
    }

    private void execute(String name, String... ids) {
        sequence++;
        books.executed(
                new Execution(sequence, "request", name, ids.length, "hash", "1", "2", List.of(ids), 0, Instant.EPOCH));
    }

    @Test
    void peakCountsAWindowThatBeginsAnywhere() {
        assertThat(Books.peak(new long[] {0, 8, 9, 10, 11, 17, 30}, Duration.ofNanos(10)))
                .isEqualTo(5);
    }

    @Test
    void arrivalsExactlyOneWindowApartAreNotInOneWindow() {
        assertThat(Books.peak(new long[] {0, 10, 20}, Duration.ofNanos(10))).isEqualTo(1);
        assertThat(Books.peak(new long[] {0, 10, 20}, Duration.ofNanos(11))).isEqualTo(2);
    }

    @Test
    void peakOfNothingIsZero() {
        assertThat(books.peak("CloneInstances", Duration.ofSeconds(1))).isZero();
    }

    @Test
    void peakSurvivesATickerThatWrapsAround() {
        long[] times = {Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 20};

        assertThat(Books.peak(times, Duration.ofNanos(10))).isEqualTo(3);
    }

    @Test
    void peakCountsOneActionOnly() {
        arrive("CloneInstances", 0);
        arrive("DescribeInstances", 1);
        arrive("CloneInstances", 2);

        assertThat(books.peak("CloneInstances", Duration.ofNanos(10))).isEqualTo(2);
    }

    @Test
    void windowOfZeroLengthIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> books.peak("CloneInstances", Duration.ZERO));
    }

    @Test
    void nameThatWasExecutedTwiceIsBoughtTwice() {
        execute("one", "crs-1");
        execute("two", "crs-2", "crs-3");
        execute("one", "crs-4");
        execute("", "crs-5");
        execute("", "crs-6");

        assertThat(books.boughtTwice()).containsExactly("one");
        assertThat(books.executionsByName()).containsExactlyInAnyOrderEntriesOf(Map.of("one", 2, "two", 1));
        assertThat(books.instanceIds("one")).containsExactly("crs-1", "crs-4");
        assertThat(books.bought()).isEqualTo(6);
    }

    @Test
    void everyCodeOfTheRequestLimitCountsAsThrottled() {
        books.refused("RequestLimitExceeded");
        books.refused("RequestLimitExceeded.IPLimitExceeded");
        books.refused("LimitExceeded");

        assertThat(books.throttled()).isEqualTo(2);
        assertThat(books.refusals()).containsEntry("LimitExceeded", 1).hasSize(3);
    }

    @Test
    void snapshotIsUnmodifiableAndStaysTheSame() {
        List<Arrival> before = books.arrivals();
        arrive("CloneInstances", 0);

        assertThat(before).isEmpty();
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> books.arrivals().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> books.refusals().put("code", 1));
    }
}
