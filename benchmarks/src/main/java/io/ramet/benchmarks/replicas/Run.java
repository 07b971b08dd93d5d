package io.ramet.benchmarks.replicas;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.ramet.reactor.shape.SharedShaper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The result of a number of replicas, each of which always had a request waiting.
 *
 * @param replicas the number of replicas
 * @param callsPerSecond requests per second of all replicas
 * @param peak the most requests in any second at the server, with ±25 ms of jitter on the network
 * @param roundTripsPerCall round trips to the store per request, of all replicas
 * @param racesLostPerCall how often, per request, a replica read the bucket and another one wrote it before it did
 * @param fairness Jain's index of the requests of each: 1 if all sent as many, 1/n if one sent all; NaN if there were
 *     too few
 */
record Run(
        int replicas,
        double callsPerSecond,
        int peak,
        double roundTripsPerCall,
        double racesLostPerCall,
        double fairness) {

    private static final int FEW = 20;

    private static final long SECOND = 1_000_000_000L;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final int MOST_SHARES = 20;

    /** {@return round trips a second to the store} */
    double load() {
        return roundTripsPerCall * callsPerSecond;
    }

    /** {@return the mean wait for a permit in seconds, by Little's law} */
    double meanWait() {
        return replicas / callsPerSecond;
    }

    /** Runs the real shaper in virtual time; the same seed gives the same run. */
    static Run of(int replicas, Duration length, long seed) {
        return new Simulation(replicas, seed).run(length);
    }

    private static final class Simulation {

        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private final Random random;
        private final Store store;
        private final int replicas;
        private final List<Long> sent = new ArrayList<>();
        private final long[] calls;

        Simulation(int replicas, long seed) {
            this.replicas = replicas;
            this.random = new Random(seed);
            this.store = new Store(time, random);
            this.calls = new long[replicas];
        }

        Run run(Duration length) {
            for (int i = 0; i < replicas; i++) {
                int replica = i;
                SharedShaper shaper = SharedShaper.on(store::bucket)
                        .membership(store)
                        .replicas(replicas <= MOST_SHARES ? replicas : 0)
                        .name("replica-" + i)
                        .time(time, () -> time.now(NANOSECONDS))
                        .random(random)
                        .build();
                Flux.range(0, Integer.MAX_VALUE)
                        .concatMap(call -> call(shaper, replica), 1)
                        .subscribe();
            }
            time.advanceTimeBy(WARM_UP);
            sent.clear();
            Arrays.fill(calls, 0);
            long roundTrips = store.roundTrips();
            long lost = store.lostRaces();
            time.advanceTimeBy(length);
            return new Run(
                    replicas,
                    sent.size() / (double) length.toSeconds(),
                    peak(),
                    (store.roundTrips() - roundTrips) / (double) sent.size(),
                    (store.lostRaces() - lost) / (double) sent.size(),
                    sent.size() < FEW * replicas ? Double.NaN : fairness());
        }

        private Mono<Void> call(SharedShaper shaper, int replica) {
            return shaper.shape(Mono.fromRunnable(() -> {
                sent.add(time.now(NANOSECONDS) + random.nextLong(-SECOND / 40, SECOND / 40));
                calls[replica]++;
            }));
        }

        private int peak() {
            List<Long> sorted = sent.stream().sorted().toList();
            int most = 0;
            int from = 0;
            for (int to = 0; to < sorted.size(); to++) {
                while (sorted.get(to) - sorted.get(from) >= SECOND) {
                    from++;
                }
                most = Math.max(most, to - from + 1);
            }
            return most;
        }

        private double fairness() {
            double sum = Arrays.stream(calls).sum();
            double squares =
                    Arrays.stream(calls).mapToDouble(n -> (double) n * n).sum();
            return sum * sum / (replicas * squares);
        }
    }
}
