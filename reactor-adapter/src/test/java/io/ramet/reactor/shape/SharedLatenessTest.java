package io.ramet.reactor.shape;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.VirtualStore.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Replicas in virtual time share a limit and a journal whose commits stall, or are slow for a while, for all of them. */
class SharedLatenessTest {

    private static final long MILLISECOND = 1_000_000L;
    private static final Duration RUN = Duration.ofSeconds(9);

    /** How the calls are spread over the replicas. */
    private enum Load {
        /** Each replica always has calls waiting. */
        ALL_BUSY,
        /** Plans of one call each, a little more of them than the limit allows, go to the replicas in turn. */
        SINGLE_CALLS,
        /**
         * One replica always has calls waiting; each of the others has one call in all, about the time of the stall.
         */
        ONE_BUSY
    }

    static Stream<Arguments> scenarios() {
        return Stream.of(Load.values())
                .flatMap(load -> IntStream.of(2, 4, 10, 20)
                        .boxed()
                        .flatMap(replicas -> IntStream.of(0, 150, 300, 600, 950)
                                .mapToObj(stall -> Arguments.of(load, replicas, stall))));
    }

    @ParameterizedTest(name = "{0}, {1} replicas, commits stall for {2} ms")
    @Tag("slow")
    @Tag("once")
    @MethodSource("scenarios")
    void noSecondHasMoreThanTwentyRequestsAfterACommitThatStalledForAllReplicas(
            Load load, int replicas, int stallMillis) {
        LongStream.range(0, Long.getLong("ramet.shaper.seeds", 1L))
                .forEach(seed -> assertThat(new Stall(load, replicas, stallMillis, 2, seed).peak())
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(20));
    }

    static Stream<Arguments> slowCommits() {
        return IntStream.of(1, 2, 4)
                .boxed()
                .flatMap(replicas -> IntStream.of(60, 150, 300).mapToObj(slow -> Arguments.of(replicas, slow)));
    }

    @ParameterizedTest(name = "{0} replicas, commits take {1} ms, and then two")
    @MethodSource("slowCommits")
    void noSecondHasMoreThanTwentyRequestsWhenCommitsThatWereAlwaysSlowAreFastAgain(int replicas, int slowMillis) {
        LongStream.range(0, Long.getLong("ramet.shaper.seeds", 1L))
                .forEach(seed -> assertThat(new Stall(Load.ALL_BUSY, replicas, 0, slowMillis, seed).peak())
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(20));
    }

    private static final class Stall {

        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private final List<SharedShaper> shapers = new ArrayList<>();
        private final List<Long> arrivals = new ArrayList<>();
        private final Random random;
        private final long from;
        private final long to;
        private final long before;

        /** {@code before} milliseconds is what a commit takes before the stall. */
        Stall(Load load, int replicas, int stallMillis, int before, long seed) {
            random = new Random(seed);
            this.before = before * MILLISECOND;
            VirtualStore store = new VirtualStore(time, random);
            from = (5_000 + random.nextInt(500)) * MILLISECOND;
            to = from + stallMillis * MILLISECOND;
            for (int i = 0; i < replicas; i++) {
                Link link = store.new Link();
                shapers.add(SharedShaper.on(link::bucket)
                        .membership(link)
                        .replicas(replicas)
                        .time(time, () -> time.now(NANOSECONDS))
                        .random(random)
                        .build());
            }
            switch (load) {
                case ALL_BUSY -> shapers.forEach(this::keepBusy);
                case SINGLE_CALLS ->
                    Flux.interval(Duration.ofMillis(30), time)
                            .subscribe(
                                    i -> call(shapers.get((int) (i % replicas))).subscribe());
                case ONE_BUSY -> {
                    keepBusy(shapers.get(0));
                    for (int i = 1; i < replicas; i++) {
                        Mono<Void> call = call(shapers.get(i));
                        time.schedule(call::subscribe, from / MILLISECOND - 100 + (i * 45L) % 900, MILLISECONDS);
                    }
                }
            }
        }

        int peak() {
            for (Duration done = Duration.ZERO; done.compareTo(RUN) < 0; done = done.plusMillis(100)) {
                time.advanceTimeBy(Duration.ofMillis(100));
            }
            assertThat(arrivals).hasSizeGreaterThan(before > 2 * MILLISECOND ? 40 : 100);
            return Window.peak(arrivals);
        }

        private void keepBusy(SharedShaper shaper) {
            Flux.range(0, 1_000_000).flatMap(i -> call(shaper), 8).subscribe();
        }

        /** A commit, then the bytes, unless the permit has expired by then. */
        private Mono<Void> call(SharedShaper shaper) {
            return shaper.shape(Mono.defer(() -> {
                long granted = time.now(NANOSECONDS);
                long committed = granted + (granted < from ? before : 2 * MILLISECOND);
                if (to > from && committed > from && granted < to) {
                    committed = Math.max(committed, to + random.nextInt(3) * MILLISECOND);
                }
                return Mono.delay(Duration.ofNanos(committed - granted), time)
                        .then(Mono.fromRunnable(() -> arrive(granted)));
            }));
        }

        private void arrive(long granted) {
            long now = time.now(NANOSECONDS);
            if (now - granted <= RequestShaper.LONGEST_SENDING.toNanos()) {
                arrivals.add(now + random.nextInt(50) * MILLISECOND);
            }
        }
    }
}
