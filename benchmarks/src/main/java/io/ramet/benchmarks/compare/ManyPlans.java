package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.report.Text;
import io.ramet.error.ClientClosedException;
import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Arrival;
import io.ramet.simulator.Simulator;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The pace of many plans of one chunk each that are submitted at once. Each plan is claimed, recorded, settled and
 * released in a journal in a SQLite file, and audited, while 20 requests a second are sent; the journal must not delay
 * them.
 */
public final class ManyPlans {

    /** 20 requests in each 1.05 s. */
    private static final double LIMIT = 20 / 1.05;

    private static final String CLONE = "CloneInstances";
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

    private ManyPlans() {}

    /**
     * The measurement.
     *
     * @param arrivals when each request arrived, in nanoseconds, ascending
     * @param peak the most requests in any second
     * @param journalSeconds the processor time of the journal's thread
     */
    record Pace(List<Long> arrivals, int peak, double journalSeconds) {

        /** {@return requests per second from the first one to the last one} */
        double perSecond() {
            return arrivals.size() < 2 ? 0 : (arrivals.size() - 1) * 1e9 / duration();
        }

        private long duration() {
            return arrivals.isEmpty() ? 0 : arrivals.get(arrivals.size() - 1) - arrivals.get(0);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (long from = 0; from < duration(); from += INTERVAL) {
                long begin = arrivals.get(0) + from;
                long count = arrivals.stream()
                        .filter(at -> at >= begin && at < begin + INTERVAL)
                        .count();
                text.append(
                        Text.format("from second %5d: %4.1f a second%n", from / 1_000_000_000, count * 1e9 / INTERVAL));
            }
            return text
                    + Text.format(
                            "%,d requests, %.2f a second, %.1f %% of 20 per 1.05 s; at most %d in any second; "
                                    + "%.1f s of processor time of the journal's thread",
                            arrivals.size(), perSecond(), 100 * perSecond() / LIMIT, peak, journalSeconds);
        }
    }

    /**
     * Measures, and prints the pace of every ten seconds and of the whole.
     *
     * @param args the number of plans, 20,000 by default, and the number of seconds after which to stop, an hour by
     *     default; then {@code named} if the plans have ids of the caller, so that each is looked up on the server
     *     before it is sent
     */
    public static void main(String... args) {
        int plans = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        Duration longest = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 3_600);
        boolean named = args.length > 2 && args[2].equals("named");
        measure(plans, named, longest, System.out::println);
    }

    /** Calls {@code measured} before the client closes, which takes time if plans are left. */
    static void measure(int plans, boolean named, Duration longest, Consumer<Pace> measured) {
        CloneRequest request = Fixtures.plan(1, false).request();
        try (Simulator simulator = Simulator.start();
                CloneJournal journal = RametClient.sqlite();
                CloneClient client = CloneClient.builder()
                        .region(Fixtures.REGION)
                        .endpoint(simulator.uri())
                        .credentials(CredentialsProvider.fixed(Fixtures.credentials()))
                        .journal(journal)
                        .build()) {
            Flux.range(0, plans)
                    .map(number -> named ? ClonePlan.of(PlanId.of("many-" + number), request) : ClonePlan.of(request))
                    .flatMap(client::submit, plans)
                    .onErrorComplete(ClientClosedException.class)
                    .subscribeOn(Schedulers.boundedElastic())
                    .subscribe();
            Flux.interval(Duration.ofMillis(200))
                    .onBackpressureDrop()
                    .takeUntil(tick -> simulator.books().arrivals(CLONE).size() >= plans)
                    .takeUntilOther(Mono.delay(longest))
                    .blockLast();
            List<Long> arrivals = simulator.books().arrivals(CLONE).stream()
                    .map(Arrival::nanoTime)
                    .toList();
            measured.accept(new Pace(arrivals, simulator.books().peak(CLONE, Duration.ofSeconds(1)), journalSeconds()));
        }
    }

    /** {@return the processor time of the journal's thread, which says more than the pace on a busy machine} */
    private static double journalSeconds() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(thread ->
                                thread != null && thread.getThreadName().matches("ramet-journal-\\d+"))
                        .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                        .sum()
                / 1e9;
    }
}
