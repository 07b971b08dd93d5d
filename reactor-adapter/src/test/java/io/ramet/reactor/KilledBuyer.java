package io.ramet.reactor;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
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
     * What a buyer is started with.
     *
     * @param freezeAt the step after which it stands still for good
     */
    public record Order(
            URI server,
            String secretId,
            String secretKey,
            String file,
            String plan,
            int callsPerSecond,
            Point freezeAt) {

        public String[] arguments() {
            return new String[] {
                server.toString(),
                secretId,
                secretKey,
                file,
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

    public static void main(String... arguments) {
        Order order = Order.of(arguments);
        new KilledBuyer(order.freezeAt()).buy(order);
    }

    public static SQLiteDataSource file(String path) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + path);
        return source;
    }

    public static String told(ChunkOutcome outcome) {
        return "told " + outcome.chunk().index() + " "
                + outcome.fold(
                        cloned -> "cloned " + String.join(",", cloned.deal().instanceIds()),
                        notCloned -> notCloned.refused() ? "refused" : "unsent",
                        inDoubt -> "in doubt");
    }

    private void buy(Order order) {
        CloneJournal journal = PassingJournal.waiting(
                CloneJournal.jdbcBuilder(file(order.file())).lease(LEASE).build(), Duration.ofSeconds(20));
        CloneClient client = CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(order.server())
                .credentials(CredentialsProvider.fixed(Credentials.of(order.secretId(), order.secretKey())))
                .transport(settings ->
                        new TellingTransport(ReactorNettyTransport.plain().open(settings), settings.name()))
                .shaper(RequestShaper.paced(order.callsPerSecond()))
                .journal(telling(journal))
                .callTimeout(Duration.ofSeconds(3))
                .reconcileFor(Duration.ofMillis(300))
                .maxInFlight(8)
                .maxInDoubt(1_000)
                .stopOnRefusal(false)
                .observer(new TellingObserver())
                .build();
        try {
            client.clone(Fixtures.plan(order.plan(), INSTANCES))
                    .doOnNext(outcome -> tell(told(outcome)))
                    .blockLast(Duration.ofMinutes(1));
            tell("done");
        } catch (RuntimeException failure) {
            tell("failed " + failure.getClass().getSimpleName() + ": " + failure.getMessage());
        } finally {
            client.disposeLater().then(journal.disposeLater()).block(Duration.ofSeconds(15));
            tell("closed "
                    + Thread.getAllStackTraces().entrySet().stream()
                            .filter(e -> !e.getKey().isDaemon())
                            .map(e -> e.getKey().getName() + java.util.Arrays.toString(e.getValue()))
                            .toList());
        }
    }

    /** One line for each step. A thread that reaches the last step stays there, and so does every thread after it. */
    private synchronized void tell(String step) {
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
            tell("before " + step);
            return write.doOnSuccess(done -> tell("after " + step));
        });
    }

    private final class TellingObserver implements CloneObserver {

        @Override
        public void sending(CloneChunk chunk, int attempt) {
            tell("bytes " + chunk.index());
        }

        @Override
        public void reconciling(CloneChunk chunk) {
            tell("reconciling " + chunk.index());
        }
    }

    private final class TellingTransport implements ApiTransport {
        private final ApiTransport told;
        private final String name;

        TellingTransport(ApiTransport told, String name) {
            this.told = told;
            this.name = name;
        }

        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> call) {
            return told.exchange(call).doOnNext(reply -> tell("answered " + name));
        }

        @Override
        public Mono<Void> disposeLater() {
            return told.disposeLater();
        }
    }

    private CloneJournal telling(CloneJournal told) {
        return new PassingJournal(
                told,
                plan -> around("opening", told.open(plan, Fixtures.REGION)).map(open -> {
                    tell("broken off: "
                            + open.known().pending().stream()
                                    .map(pending ->
                                            String.valueOf(pending.chunk().index()))
                                    .collect(Collectors.joining(",")));
                    return new TellingPlan(open);
                }));
    }

    private final class TellingPlan extends PassingJournal.Plan {

        TellingPlan(PlanJournal told) {
            super(told);
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
