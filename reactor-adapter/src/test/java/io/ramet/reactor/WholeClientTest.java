package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ClientClosedException;
import io.ramet.model.CloneRequestBuilder;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The whole client on real sockets against a server that misbehaves, with subscribers that come twice, leave early and
 * are slow, with clients that close in the middle and others that resume their plans; judged by the server's books. A
 * seed determines a run. A failure names its seed, which {@code -Dramet.seed=N} runs alone; {@code -Dramet.seeds=N}
 * runs more seeds.
 */
@Tag("slow")
class WholeClientTest {

    private static final int SEEDS = Integer.getInteger("ramet.seeds", 40);
    private static final Integer ONLY = Integer.getInteger("ramet.seed");
    private static final int AT_ONCE = 8;

    @TempDir
    private static Path folder;

    private static final Fault[] FAULTS = {
        Fault.close(Stage.AFTER_HEADERS),
        Fault.reset(Stage.AFTER_HEADERS),
        Fault.close(Stage.BEFORE_EXECUTING),
        Fault.reset(Stage.BEFORE_EXECUTING),
        Fault.close(Stage.AFTER_EXECUTING),
        Fault.reset(Stage.AFTER_EXECUTING),
        Fault.cutResponse(1),
        Fault.cutResponse(20),
        Fault.cutBody(1),
        Fault.cutBody(60),
        Fault.garbage(true),
        Fault.html502(true),
        Fault.html502(false),
        Fault.emptyObject(true),
        Fault.emptyObject(false),
        Fault.hang(true),
        Fault.hang(false),
        Fault.throttle(),
        Fault.throttle("RequestLimitExceeded.UinLimitExceeded"),
        Fault.throttle("RequestLimitExceeded.Unheard"),
        Fault.error("InternalError.InternalError", true),
        Fault.error("InternalError.InternalError", false),
        Fault.error("FailedOperation.PayFailed", true),
        Fault.error("FailedOperation.PayFailed", false),
        Fault.error("ResourceUnavailable.SaleOut", false),
        Fault.error("LimitExceeded.ReachTheAmountLimit", false),
        Fault.error("Never.HeardOfIt", true),
        Fault.status(503, Map.of("Retry-After", "0"), true),
        Fault.status(503, Map.of("Retry-After", "0"), false),
        Fault.status(408, Map.of("Connection", "close"), true),
        Fault.status(307, Map.of("Location", "/"), true),
        Fault.lateVisibility(Duration.ofMillis(60)).and(Fault.close(Stage.AFTER_EXECUTING)),
        Fault.lateVisibility(Duration.ofSeconds(30)).and(Fault.reset(Stage.AFTER_EXECUTING)),
        Fault.fewerIds(3),
        Fault.fewerInstances(3),
        Fault.withoutDealId(),
        Fault.withoutDealName(),
        Fault.withoutDeal(),
        Fault.nonHttp(true),
        Fault.nonHttp(false),
        Fault.oversize(3_000_000),
        Fault.latency(Duration.ofMillis(50)),
    };

    @Test
    void nothingIsBoughtTwiceAndNothingIsLostUnderAnySeed() {
        List<String> failures = Flux.range(ONLY == null ? 0 : ONLY, ONLY == null ? SEEDS : 1)
                .flatMap(
                        seed -> Mono.fromCallable(() -> failureOf(seed)).subscribeOn(Schedulers.boundedElastic()),
                        AT_ONCE)
                .filter(failure -> !failure.isEmpty())
                .collectList()
                .block(Duration.ofMinutes(10));
        assertThat(failures).isEmpty();
    }

    private static String failureOf(int seed) {
        try {
            run(seed);
            return "";
        } catch (Exception | AssertionError failure) {
            return "seed " + seed + ": " + failure;
        }
    }

    private static void run(int seed) {
        Random random = new Random(seed);
        CloneRequestBuilder request = Fixtures.request(1 + random.nextInt(240));
        if (seed % 2 == 0) {
            request.instanceName("克隆-节点");
        }
        ClonePlan plan = ClonePlan.of(PlanId.of("seed-" + seed), request.build());
        SimulatorBuilder server = Simulator.builder()
                .seed(seed)
                .limit(RateLimit.none())
                .threads(1)
                .latency(Duration.ZERO, Duration.ofMillis(random.nextInt(8)))
                .misbehaviour(Misbehaviour.seeded(seed, random.nextDouble(0.6), FAULTS));
        Supplier<CloneJournal> journals = seed % 4 == 0 ? inFile(seed) : inMemory();
        boolean closeEarly = random.nextInt(4) == 0;
        try (Simulator simulator = server.start()) {
            CloneClient client = client(simulator, random, journals.get());
            List<Mono<Void>> companions = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                companions.add(companion(client, plan, random)
                        .onErrorResume(ClientClosedException.class, closed -> Mono.empty()));
            }
            Mono<List<ChunkOutcome>> all = running(client.clone(plan).collectList());
            companions.replaceAll(WholeClientTest::running);
            if (closeEarly) {
                client.disposeLater()
                        .delaySubscription(Duration.ofMillis(random.nextInt(60)))
                        .block(PATIENCE);
            }
            List<ChunkOutcome> outcomes;
            try {
                outcomes = all.onErrorReturn(ClientClosedException.class, List.of())
                        .block(PATIENCE);
                Flux.merge(companions).blockLast(PATIENCE);
            } catch (IllegalStateException stuck) {
                throw new AssertionError("stuck: " + client, stuck);
            }
            if (companions.isEmpty() && !outcomes.isEmpty()) {
                // Other subscribers may have had chunks sent since that were not sent for this one.
                BooksAssert.assertTruth("seed " + seed, simulator, plan, outcomes);
            }
            client.close();

            // A purchase stays one for another client with the same journal. A chunk that was not sent, or was refused,
            // may have been bought by now, and a chunk in doubt may have been found.
            try (CloneClient next = client(simulator, random, journals.get())) {
                List<ChunkOutcome> again = next.clone(plan).collectList().block(PATIENCE);
                BooksAssert.assertTruth("seed " + seed + " again", simulator, plan, again);
                assertStillTrue("seed " + seed, outcomes, again);
            }
            BooksAssert.assertNothingBoughtTwice("seed " + seed, simulator);
        }
    }

    private static CloneClient client(Simulator simulator, Random random, CloneJournal journal) {
        return Fixtures.client(simulator)
                .journal(journal)
                .shaper(RequestShaper.paced(2_000))
                .callTimeout(Duration.ofMillis(400))
                .reconcileFor(Duration.ofMillis(120))
                .maxInFlight(1 + random.nextInt(8))
                .maxInDoubt(1 + random.nextInt(6))
                .stopOnRefusal(random.nextBoolean())
                .random(random)
                .build();
    }

    /** A journal that outlives its clients. */
    private static Supplier<CloneJournal> inMemory() {
        CloneJournal journal = CloneJournal.inMemory();
        return () -> journal;
    }

    private static Supplier<CloneJournal> inFile(int seed) {
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + folder.resolve("seed-" + seed + ".db"));
        return () -> PassingJournal.waiting(
                CloneJournal.jdbcBuilder(file).lease(Duration.ofSeconds(5)).build(), PATIENCE);
    }

    private static <T> Mono<T> running(Mono<T> what) {
        Mono<T> running = what.cache();
        running.subscribe(value -> {}, failure -> {});
        return running;
    }

    private static void assertStillTrue(String label, List<ChunkOutcome> before, List<ChunkOutcome> now) {
        Map<Integer, ChunkOutcome> byIndex =
                now.stream().collect(Collectors.toMap(outcome -> outcome.chunk().index(), outcome -> outcome));
        for (ChunkOutcome outcome : before) {
            ChunkOutcome later = byIndex.get(outcome.chunk().index());
            if (outcome instanceof Cloned bought) {
                assertThat(later).as(label).isInstanceOf(Cloned.class);
                Deal deal = ((Cloned) later).deal();
                assertThat(deal.name()).as(label).isEqualTo(bought.deal().name());
                assertThat(deal.instanceIds())
                        .as(label)
                        .containsAll(bought.deal().instanceIds());
            } else if (outcome instanceof InDoubt) {
                assertThat(later).as(label).isNotInstanceOf(NotCloned.class);
            }
        }
    }

    /** Another subscriber of the same plan: it leaves early, subscribes repeatedly, reads slowly, or times out. */
    private static Mono<Void> companion(CloneClient client, ClonePlan plan, Random random) {
        int count = 1 + random.nextInt(4);
        Duration delay = Duration.ofMillis(random.nextInt(60));
        Flux<ChunkOutcome> outcomes = client.clone(plan);
        Mono<Void> what = switch (random.nextInt(7)) {
            case 0 -> outcomes.take(count).then();
            case 1 -> outcomes.repeat(count).then();
            case 2 ->
                outcomes.map(ChunkOutcome::orElseThrow)
                        .retry(count)
                        .onErrorResume(failed -> Mono.empty())
                        .then();
            case 3 -> slowly(outcomes);
            case 4 ->
                outcomes.timeout(Duration.ofMillis(10L * count))
                        .onErrorResume(late -> Mono.empty())
                        .then();
            case 5 -> client.submit(plan);
            default -> Flux.merge(outcomes, outcomes.take(count), outcomes).then();
        };
        return what.delaySubscription(delay);
    }

    private static Mono<Void> slowly(Flux<ChunkOutcome> outcomes) {
        return Mono.create(done -> outcomes.subscribe(new BaseSubscriber<>() {
            private final AtomicInteger read = new AtomicInteger();

            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(ChunkOutcome outcome) {
                read.incrementAndGet();
                Schedulers.parallel().schedule(() -> request(1), 5, java.util.concurrent.TimeUnit.MILLISECONDS);
            }

            @Override
            protected void hookFinally(reactor.core.publisher.SignalType signal) {
                done.success();
            }
        }));
    }
}
