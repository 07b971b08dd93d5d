package io.ramet.reactor;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.parts.MySql;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/** A process that buys one plan, prints each step to standard output, and can be killed at any of them. */
final class KilledBuyer {

    static final int INSTANCES = 1_000;
    public static final Duration LEASE = Duration.ofSeconds(1);

    private final Point freezeAt;
    private final Map<String, Integer> steps = new HashMap<>();

    private KilledBuyer(Point freezeAt) {
        this.freezeAt = freezeAt;
    }

    /** The n-th step of a kind. */
    record Point(String kind, int n) {

        static final Point NEVER = new Point("never", 1);

        /** {@return the step without what it is about} */
        static String kindOf(String step) {
            return step.replaceAll("[ :]*\\d.*", "");
        }
    }

    /**
     * The arguments of a buyer.
     *
     * @param journal a URL of MariaDB or MySQL, or a file
     * @param freezeAt the step after which it stands still for good
     */
    public record Order(
            URI server,
            String secretId,
            String secretKey,
            String journal,
            String plan,
            int callsPerSecond,
            Point freezeAt) {

        public String[] arguments() {
            return new String[] {
                server.toString(),
                secretId,
                secretKey,
                journal,
                plan,
                String.valueOf(callsPerSecond),
                freezeAt.kind(),
                String.valueOf(freezeAt.n())
            };
        }

        public static Order of(String... arguments) {
            return new Order(
                    URI.create(arguments[0]),
                    arguments[1],
                    arguments[2],
                    arguments[3],
                    arguments[4],
                    Integer.parseInt(arguments[5]),
                    new Point(arguments[6], Integer.parseInt(arguments[7])));
        }
    }

    public static void main(String... arguments) throws SQLException {
        Order order = Order.of(arguments);
        new KilledBuyer(order.freezeAt()).buy(order);
    }

    static DataSource database(String journal) throws SQLException {
        return journal.startsWith("jdbc:") ? MySql.source(journal) : file(journal);
    }

    public static SQLiteDataSource file(String path) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + path);
        return source;
    }

    /** {@return a line that is the same for the same outcome, and short: instance ids stand in it as their hash code} */
    public static String emitted(ChunkOutcome outcome) {
        return "seen " + outcome.chunk().index() + " "
                + outcome.fold(
                        cloned -> "cloned %d/%08x"
                                .formatted(
                                        cloned.deal().instanceIds().size(),
                                        cloned.deal().instanceIds().hashCode()),
                        notCloned -> notCloned.refused() ? "refused" : "unsent",
                        inDoubt -> "in doubt");
    }

    private void buy(Order order) throws SQLException {
        CloneJournal journal = PassingJournal.waiting(
                CloneJournal.jdbcBuilder(database(order.journal())).lease(LEASE).build(), Duration.ofSeconds(20));
        CloneClient client = CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(order.server())
                .credentials(CredentialsProvider.fixed(Credentials.of(order.secretId(), order.secretKey())))
                .transport(settings ->
                        new ReportingTransport(ReactorNettyTransport.plain().open(settings), settings.name()))
                .shaper(RequestShaper.paced(order.callsPerSecond()))
                .journal(reporting(journal))
                .callTimeout(Duration.ofSeconds(3))
                .reconcileFor(Duration.ofMillis(300))
                .maxInFlight(8)
                .maxInDoubt(1_000)
                .stopOnRefusal(false)
                .observer(new TellingObserver())
                .build();
        try {
            client.clone(Fixtures.plan(order.plan(), INSTANCES))
                    .doOnNext(outcome -> report(emitted(outcome)))
                    .blockLast(Duration.ofMinutes(1));
            report("done");
        } catch (RuntimeException failure) {
            report("failed " + failure.getClass().getSimpleName() + ": " + failure.getMessage());
        } finally {
            client.disposeLater().then(journal.disposeLater()).block(Duration.ofSeconds(15));
            report("closed "
                    + Thread.getAllStackTraces().entrySet().stream()
                            .filter(e -> !e.getKey().isDaemon())
                            .map(e -> e.getKey().getName() + java.util.Arrays.toString(e.getValue()))
                            .toList());
        }
    }

    /** One line for each step. A thread that reaches the last step stays there, and so does every thread after it. */
    private synchronized void report(String step) {
        System.out.print(ChildJvm.STEP + step + "\n");
        System.out.flush();
        String kind = Point.kindOf(step);
        if (steps.merge(kind, 1, Integer::sum) == freezeAt.n() && kind.equals(freezeAt.kind())) {
            awaitTheEnd();
        }
    }

    private static void awaitTheEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> Mono<T> around(String step, Mono<T> write) {
        return Mono.defer(() -> {
            report("before " + step);
            return write.doOnSuccess(done -> report("after " + step));
        });
    }

    private final class TellingObserver implements CloneObserver {

        @Override
        public void sending(CloneChunk chunk, int attempt) {
            report("bytes " + chunk.index());
        }

        @Override
        public void reconciling(CloneChunk chunk) {
            report("reconciling " + chunk.index());
        }
    }

    private final class ReportingTransport implements ApiTransport {
        private final ApiTransport passed;
        private final String name;

        ReportingTransport(ApiTransport passed, String name) {
            this.passed = passed;
            this.name = name;
        }

        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> call) {
            return passed.exchange(call).doOnNext(response -> report("responded " + name));
        }

        @Override
        public Mono<Void> disposeLater() {
            return passed.disposeLater();
        }
    }

    private CloneJournal reporting(CloneJournal passed) {
        return new PassingJournal(
                passed,
                plan -> around("opening", passed.open(plan, Fixtures.REGION)).map(open -> {
                    report("broken off: "
                            + open.known().pending().stream()
                                    .map(pending ->
                                            String.valueOf(pending.chunk().index()))
                                    .collect(Collectors.joining(",")));
                    return new ReportingPlan(open);
                }));
    }

    private final class ReportingPlan extends PassingJournal.Plan {

        ReportingPlan(PlanJournal passed) {
            super(passed);
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return around("sending " + chunk.index(), super.sending(chunk, timestamp));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return around("withdrawing " + chunk.index(), super.withdrawn(chunk));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return around("settling " + outcome.chunk().index(), super.settled(outcome));
        }

        @Override
        public Mono<Void> release() {
            return around("releasing", super.release());
        }
    }
}
