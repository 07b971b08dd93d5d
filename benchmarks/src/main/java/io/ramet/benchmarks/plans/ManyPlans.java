package io.ramet.benchmarks.plans;

import io.ramet.error.ClientClosedException;
import io.ramet.model.CloneRequest;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Arrival;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The pace of many plans of one chunk each that are submitted at once. Each is claimed, entered, settled and released
 * in a journal in a SQLite file, and audited, while 20 requests a second are sent; the journal must not hold them up.
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
     * @param journalSeconds the processor time that the journal's thread took
     */
    record Pace(List<Long> arrivals, int peak, double journalSeconds) {

        /** {@return requests per second from the first one to the last one} */
        double perSecond() {
            return arrivals.size() < 2 ? 0 : (arrivals.size() - 1) * 1e9 / duration();
        }

        private long duration() {
            return arrivals.isEmpty() ? 0 : arrivals.get(arrivals.size() - 1) - arrivals.get(0);
        }

        void print(PrintStream out) {
            for (long from = 0; from < duration(); from += INTERVAL) {
                long begin = arrivals.get(0) + from;
                long count = arrivals.stream()
                        .filter(at -> at >= begin && at < begin + INTERVAL)
                        .count();
                out.printf(
                        Locale.ROOT, "from second %5d: %4.1f a second%n", from / 1_000_000_000, count * 1e9 / INTERVAL);
            }
            out.printf(
                    Locale.ROOT,
                    "%,d requests, %.2f a second, %.1f %% of 20 per 1.05 s; at most %d in any second; "
                            + "%.1f s of processor time of the journal's thread%n",
                    arrivals.size(),
                    perSecond(),
                    100 * perSecond() / LIMIT,
                    peak,
                    journalSeconds);
        }
    }

    /**
     * Measures, and prints the pace of every ten seconds and of the whole.
     *
     * @param args how many plans, 20,000 by default, and after how many seconds to stop, an hour by default; then
     *     {@code named} if the plans have ids of the caller, so that each is looked up on the server before it is sent
     * @throws IOException if the journal's file cannot be made
     */
    public static void main(String... args) throws IOException {
        int plans = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        Duration longest = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 3_600);
        boolean named = args.length > 2 && args[2].equals("named");
        measure(plans, named, longest, pace -> pace.print(System.out));
    }

    /** {@code measured} is called before the client closes, which takes its time when plans are left. */
    static void measure(int plans, boolean named, Duration longest, Consumer<Pace> measured) throws IOException {
        Path file = Files.createTempFile("ramet-many-plans", ".db");
        CloneRequest request = request();
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + file);
        try (Simulator simulator = Simulator.builder().start();
                CloneJournal journal = CloneJournal.jdbc(database);
                CloneClient client = CloneClient.builder()
                        .region("ap-guangzhou")
                        .endpoint(simulator.uri())
                        .credentials(
                                CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                        .journal(journal)
                        .build()) {
            Flux.range(0, plans)
                    .flatMap(number -> client.submit(plan(request, named, number)), plans)
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
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** {@return the processor time of the journal's thread: on a busy machine it says more than the pace} */
    private static double journalSeconds() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(thread ->
                                thread != null && thread.getThreadName().matches("ramet-journal-\\d+"))
                        .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                        .sum()
                / 1e9;
    }

    private static CloneRequest request() {
        return CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(1)
                .payAsYouGo()
                .zoneId(100_003)
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .securityGroups("sg-bmadczm1")
                .password(Secret.of("Clone+Benchmark1"))
                .build();
    }

    private static ClonePlan plan(CloneRequest request, boolean named, int number) {
        return named ? ClonePlan.of(PlanId.of("many-" + number), request) : ClonePlan.of(request);
    }
}
