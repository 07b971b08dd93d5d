package io.ramet.reactor.shape;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.VirtualStore.Link;
import io.ramet.reactor.shape.VirtualStore.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Replicas that share a limit, in virtual time. Their commits stall, for one replica or for all, while their store
 * loses its key, falls back to an older state, is slow, cut off, or silent. {@code -Dramet.chaos=N} runs N / 2 seeds,
 * {@code -Dramet.seed=N} one.
 */
@Tag("slow")
class SharedLimitChaosTest {

    private static final long MILLISECOND = 1_000_000L;

    private static final int SEEDS = Integer.getInteger("ramet.chaos", 20) / 2;
    /** Too many requests in a second, if a bucket that was lost just after a stall begins again at once. */
    private static final int[] ONCE_RED = {53, 215};

    private static final Integer ONLY = Integer.getInteger("ramet.seed");

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void noSecondHasMoreThanTwentyRequestsWhateverStallsAndIsLost() {
        List<String> failures = new ArrayList<>();
        IntStream seeds =
                ONLY == null ? IntStream.concat(IntStream.range(0, SEEDS), IntStream.of(ONCE_RED)) : IntStream.of(ONLY);
        for (int seed : seeds.toArray()) {
            Replicas replicas = new Replicas(seed);
            int peak = replicas.run();
            if (peak > 20) {
                failures.add("seed " + seed + ": " + peak + " in one second; " + replicas.happened);
            }
            assertThat(replicas.arrivals).as("seed " + seed).hasSizeGreaterThan(20);
        }
        assertThat(failures).isEmpty();
    }

    private static final class Replicas {

        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private final Random random;
        private final VirtualStore store;
        private final List<Link> links = new ArrayList<>();
        private final long[] stalledUntil;
        private final List<Long> arrivals = new ArrayList<>();
        private final List<String> happened = new ArrayList<>();

        Replicas(int seed) {
            random = new Random(seed);
            store = new VirtualStore(time, random);
            int count = 2 + random.nextInt(9);
            stalledUntil = new long[count];
            for (int i = 0; i < count; i++) {
                int number = i;
                Link link = store.new Link();
                links.add(link);
                SharedShaper shaper = SharedShaper.on(link::bucket)
                        .membership(link)
                        .replicas(count)
                        .time(time, () -> time.now(NANOSECONDS))
                        .random(random)
                        .build();
                if (i == 0 || random.nextInt(3) > 0) {
                    Flux.range(0, 1_000_000)
                            .flatMap(call -> call(shaper, number), 8)
                            .subscribe();
                } else {
                    Flux.interval(Duration.ofMillis(200 + random.nextInt(4_000)), time)
                            .onBackpressureDrop()
                            .flatMap(tick -> call(shaper, number), 8)
                            .subscribe();
                }
            }
        }

        /** A commit, then the bytes, unless the permit has expired by then; they arrive up to 50 ms later. */
        private Mono<Void> call(SharedShaper shaper, int replica) {
            return shaper.shape(Mono.defer(() -> {
                long granted = now();
                long committed = Math.max(granted + MILLISECOND, stalledUntil[replica]);
                return Mono.delay(Duration.ofNanos(committed - granted), time).then(Mono.fromRunnable(() -> {
                    if (now() - granted <= RequestShaper.LONGEST_SENDING.toNanos()) {
                        arrivals.add(now() + random.nextLong(50 * MILLISECOND));
                    }
                }));
            }));
        }

        private long now() {
            return time.now(NANOSECONDS);
        }

        int run() {
            advance(Duration.ofSeconds(4));
            Runnable older = store.snapshot();
            for (int i = 0; i < 8; i++) {
                advance(Duration.ofMillis(random.nextInt(2_500)));
                Link one = links.get(random.nextInt(links.size()));
                int what = random.nextInt(10);
                happened.add(now() / MILLISECOND + " ms: " + what);
                switch (what) {
                    case 0 -> one.become(Way.LOSES);
                    case 1 -> one.become(Way.HOLDS);
                    case 2 -> one.become(Way.SLOW);
                    case 3 -> one.become(Way.TARDY);
                    case 4 -> links.forEach(link -> link.become(Way.OPEN));
                    case 5 -> {
                        store.loseBucket();
                    }
                    case 6 -> {
                        failOver(older);
                    }
                    case 7 -> stall(links.indexOf(one), links.indexOf(one) + 1);
                    default -> stall(0, links.size());
                }
                older = store.snapshot();
            }
            links.forEach(link -> link.become(Way.OPEN));
            loseTheBucketAfterStalls();
            advance(Duration.ofSeconds(5));
            return Window.peak(arrivals);
        }

        /** The charges for late requests are lost with the bucket. */
        private void loseTheBucketAfterStalls() {
            for (int i = 0; i < 4; i++) {
                advance(Duration.ofSeconds(4));
                stall(0, links.size());
                advance(Duration.ofMillis(random.nextInt(1_200)));
                store.loseBucket();
            }
        }

        /** Lets the commits of these replicas complete only after a while. */
        private void stall(int from, int to) {
            long until = now() + random.nextInt(950) * MILLISECOND;
            for (int i = from; i < to; i++) {
                stalledUntil[i] = until + random.nextInt(3) * MILLISECOND;
            }
        }

        private void failOver(Runnable older) {
            store.down(true);
            advance(Duration.ofMillis(400 + random.nextInt(4_000)));
            older.run();
            store.stepClock(Duration.ofMillis(random.nextInt(-200, 200)));
            store.down(false);
        }

        private void advance(Duration by) {
            for (long done = 0; done < by.toMillis(); done += 100) {
                time.advanceTimeBy(Duration.ofMillis(Math.min(100, by.toMillis() - done)));
            }
        }
    }
}
