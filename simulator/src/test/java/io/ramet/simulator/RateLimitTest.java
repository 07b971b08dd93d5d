package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final long MILLI = 1_000_000;

    /** Whether each of the arrivals, given in milliseconds, is admitted. */
    private static boolean[] admitted(RateLimit limit, long... millis) {
        LongPredicate counter = limit.counter();
        boolean[] admitted = new boolean[millis.length];
        for (int index = 0; index < millis.length; index++) {
            admitted[index] = counter.test(millis[index] * MILLI);
        }
        return admitted;
    }

    private static long count(boolean[] admitted) {
        long count = 0;
        for (boolean each : admitted) {
            count += each ? 1 : 0;
        }
        return count;
    }

    @Test
    void slidingWindowHoldsNoMoreThanTheLimitWhereverItBegins() {
        assertThat(admitted(RateLimit.slidingWindow(2), 900, 950, 1100, 1899, 1900, 1949, 1950))
                .containsExactly(true, true, false, false, true, false, true);
    }

    @Test
    void refusedRequestsDoNotCountAgainstTheSlidingWindow() {
        assertThat(admitted(RateLimit.slidingWindow(1), 0, 500, 999, 1000, 1500))
                .containsExactly(true, false, false, true, false);
    }

    @Test
    void fixedSecondLetsTwiceTheLimitPassAroundItsTurn() {
        assertThat(admitted(RateLimit.fixedSecond(2), 998, 999, 999, 1000, 1001, 1002))
                .containsExactly(true, true, false, true, true, false);
    }

    @Test
    void fixedSecondCountsSecondsBeforeZeroToo() {
        assertThat(admitted(RateLimit.fixedSecond(1), -1001, -999, -1, 0, 999))
                .containsExactly(true, true, false, true, false);
    }

    @Test
    void fullBucketLetsItsCapacityThenItsRatePass() {
        long[] everyMilli = LongStream.range(0, 1000).toArray();

        assertThat(count(admitted(RateLimit.tokenBucket(20, 20), everyMilli))).isEqualTo(39);
    }

    @Test
    void bucketNeverHoldsMoreThanItsCapacity() {
        assertThat(admitted(RateLimit.tokenBucket(2, 1), 0, 100_000, 100_000, 100_000, 100_999, 101_000))
                .containsExactly(true, true, true, false, false, true);
    }

    @Test
    void bucketIsFullAtFirstAtAnyTickerValue() {
        assertThat(admitted(RateLimit.tokenBucket(1, 1), -5_000_000_000L, -5_000_000_000L))
                .containsExactly(true, false);
    }

    @Test
    void noLimitLetsAllPass() {
        assertThat(count(admitted(RateLimit.none(), new long[1000]))).isEqualTo(1000);
    }

    @Test
    void limitBelowOneIsRefused() {
        Arrays.<Runnable>asList(
                        () -> RateLimit.slidingWindow(0),
                        () -> RateLimit.fixedSecond(-1),
                        () -> RateLimit.tokenBucket(0, 1),
                        () -> RateLimit.tokenBucket(1, 0))
                .forEach(limit -> assertThatIllegalArgumentException().isThrownBy(limit::run));
    }

    @Test
    void countersOfOneLimitAreIndependent() {
        RateLimit limit = RateLimit.slidingWindow(1);

        assertThat(admitted(limit, 0, 1)).containsExactly(true, false);
        assertThat(admitted(limit, 0, 1)).containsExactly(true, false);
    }

    @Test
    void limitIsPrintedWithItsNumbers() {
        assertThat(RateLimit.slidingWindow(20)).hasToString("SlidingWindow[perSecond=20]");
        assertThat(RateLimit.tokenBucket(1, 2)).hasToString("TokenBucket[capacity=1, perSecond=2]");
    }
}
